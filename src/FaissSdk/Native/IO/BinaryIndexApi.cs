using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Reads and writes binary indexes.</summary>
internal readonly unsafe struct BinaryIndexApi : IIndexApi<FaissIndexBinary>
{
    public static string Noun => "binary index";

    public static bool IsBinary => true;

    public static OptionalFunction ReadCustomFunction { get; } = new(nameof(FaissNative.faiss_read_index_binary_custom));

    public static OptionalFunction WriteCustomFunction { get; } = new(nameof(FaissNative.faiss_write_index_binary_custom));

    public static OptionalFunction CheckFunction { get; } = new(nameof(FaissNative.faiss_sdk_check_binary_index));

    public static int ReadPath(sbyte* path, int options, FaissIndexBinary** index) => FaissNative.faiss_read_index_binary_fname(path, options, index);

    public static int ReadFile(void* file, int options, FaissIndexBinary** index) => FaissNative.faiss_read_index_binary(file, options, index);

    public static int ReadCustom(FaissIOReader* reader, int options, FaissIndexBinary** index) => FaissNative.faiss_read_index_binary_custom(reader, options, index);

    public static int Check(FaissIndexBinary* index, sbyte* fault, nuint size, nuint* length) => FaissNative.faiss_sdk_check_binary_index(index, fault, size, length);

    public static void Free(FaissIndexBinary* index) => FaissNative.faiss_IndexBinary_free(index);

    public static int WriteFile(FaissIndexBinary* index, void* file) => FaissNative.faiss_write_index_binary(index, file);

    public static int WriteCustom(FaissIndexBinary* index, FaissIOWriter* writer) => FaissNative.faiss_write_index_binary_custom(index, writer);
}
