using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>A binary index whose vectors are in inverted lists: a coarse quantizer, a binary index of its own, says which list a vector goes to (factory string <c>BIVF256</c>).</summary>
/// <remarks>FAISS before 1.12.0 has no functions for it; there an index of this kind is a plain <see cref="IndexBinary"/>.</remarks>
public sealed unsafe class IndexBinaryIVF : IndexBinary
{
    private static readonly OptionalFunction Functions = new(nameof(FaissNative.faiss_IndexBinaryIVF_cast));

    internal IndexBinaryIVF(BinaryIndexHandle handle, BinaryIndexKind kind, IndexReadOptions options)
        : base(handle, kind, options)
    {
        Functions.Require();
    }
}
