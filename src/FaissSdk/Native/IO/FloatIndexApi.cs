using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Reads and writes float indexes.</summary>
internal readonly unsafe struct FloatIndexApi : IIndexApi<NativeIndex>
{
    public static string Noun => "index";

    public static bool IsBinary => false;

    public static OptionalFunction ReadCustomFunction { get; } = new(nameof(FaissNative.faiss_read_index_custom));

    public static OptionalFunction WriteCustomFunction { get; } = new(nameof(FaissNative.faiss_write_index_custom));

    public static OptionalFunction CheckFunction { get; } = new(nameof(FaissNative.faiss_sdk_check_index));

    public static int ReadPath(sbyte* path, int options, NativeIndex** index) => FaissNative.faiss_read_index_fname(path, options, index);

    public static int ReadFile(void* file, int options, NativeIndex** index) => FaissNative.faiss_read_index(file, options, index);

    public static int ReadCustom(FaissIOReader* reader, int options, NativeIndex** index) => FaissNative.faiss_read_index_custom(reader, options, index);

    public static int Check(NativeIndex* index, sbyte* fault, nuint size, nuint* length) => FaissNative.faiss_sdk_check_index(index, fault, size, length);

    public static void Free(NativeIndex* index) => FaissNative.faiss_Index_free(index);

    public static int WriteFile(NativeIndex* index, void* file) => FaissNative.faiss_write_index(index, file);

    public static int WriteCustom(NativeIndex* index, FaissIOWriter* writer) => FaissNative.faiss_write_index_custom(index, writer, 0);
}
