using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Tells native classes apart that the cast functions of the C API do not know.</summary>
internal static unsafe class NativeKind
{
    /// <summary>The four characters that the class has at the beginning of a file; empty if it cannot be written.</summary>
    public static string Of(Interop.FaissIndex* index) =>
        // What follows does not fit into the stream, and FAISS gives up.
        CFile.Beginning(4, stream => _ = FaissNative.faiss_write_index(index, (void*)stream));
}
