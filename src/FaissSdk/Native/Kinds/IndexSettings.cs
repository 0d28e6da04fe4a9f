using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Reads and sets numbers of indexes that FAISS's C API has no functions for.</summary>
internal static unsafe class IndexSettings
{
    private static readonly OptionalFunction Reading = new(nameof(FaissNative.faiss_sdk_setting), "Reading this number of an index");
    private static readonly OptionalFunction Writing = new(nameof(FaissNative.faiss_sdk_set_setting), "Setting this number of an index");

    /// <summary>Gets a value indicating whether the library has the functions.</summary>
    public static bool IsPresent => Reading.IsPresent;

    /// <summary>Reads a number of an index.</summary>
    /// <exception cref="NotSupportedException">The library lacks the function.</exception>
    public static double Read(NativeIndex* index, IndexSetting setting)
    {
        Reading.Require();
        double value;
        Status.ThrowIfFailed(FaissNative.faiss_sdk_setting(index, (int)setting, &value));
        return value;
    }

    /// <summary>Sets a number of an index.</summary>
    /// <exception cref="NotSupportedException">The library lacks the function.</exception>
    public static void Write(NativeIndex* index, IndexSetting setting, double value)
    {
        Writing.Require();
        Status.ThrowIfFailed(FaissNative.faiss_sdk_set_setting(index, (int)setting, value));
    }
}
