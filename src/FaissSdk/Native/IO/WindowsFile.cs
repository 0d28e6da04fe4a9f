using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Opens C streams on Windows, where the native library may have another C library than the rest of the process.</summary>
internal static unsafe class WindowsFile
{
    // The longest path that Windows takes without the prefix.
    private const int MaxPath = 259;

    private static readonly OptionalFunction OpenFunction = new(nameof(FaissNative.faiss_sdk_open_file), "Reading or writing files and streams on Windows");
    private static readonly OptionalFunction CloseFunction = new(nameof(FaissNative.faiss_sdk_close_file));
    private static readonly OptionalFunction PositionFunction = new(nameof(FaissNative.faiss_sdk_file_position));

    /// <summary>Opens a stream; returns 0 and the reason on failure.</summary>
    /// <exception cref="NotSupportedException">The native library is not one of FaissSdk's.</exception>
    public static nint Open(string path, string mode, out string? reason)
    {
        OpenFunction.Require();
        CloseFunction.Require();
        PositionFunction.Require();
        void* stream = null;
        fixed (byte* name = Utf8.ZeroTerminated(WithoutLimit(path), nameof(path)), how = Utf8.ZeroTerminated(mode, nameof(mode)))
        {
            reason = Reason(FaissNative.faiss_sdk_open_file((sbyte*)name, (sbyte*)how, &stream));
        }

        return (nint)stream;
    }

    /// <summary>Closes a stream; returns the reason on failure, otherwise null.</summary>
    public static string? Close(nint stream) => Reason(FaissNative.faiss_sdk_close_file((void*)stream));

    public static long Position(nint stream) => FaissNative.faiss_sdk_file_position((void*)stream);

    /// <summary>Returns a path that Windows takes at any length.</summary>
    public static string WithoutLimit(string path)
    {
        var full = Path.GetFullPath(path);
        return full.Length <= MaxPath || full.StartsWith(@"\\?\", StringComparison.Ordinal) || full.StartsWith(@"\\.\", StringComparison.Ordinal) ? full
            : full.StartsWith(@"\\", StringComparison.Ordinal) ? @"\\?\UNC\" + full[2..]
            : @"\\?\" + full;
    }

    // The numbers of errno, which are not those of Windows.
    private static string? Reason(int error) => error switch
    {
        0 => null,
        2 => "The file or its folder does not exist",
        13 => "Access is denied, or another program has the file open",
        22 => "The name is invalid",
        24 => "Too many files are open",
        28 => "The disk is full",
        _ => $"The C library reports error {error}",
    };
}
