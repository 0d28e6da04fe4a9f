using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Finds the most specific of the SDK's types for a native binary index.</summary>
internal static unsafe class BinaryIndexType
{
    private static readonly OptionalFunction FlatCast = new(nameof(FaissNative.faiss_IndexBinaryFlat_cast));
    private static readonly OptionalFunction IVFCast = new(nameof(FaissNative.faiss_IndexBinaryIVF_cast));

    /// <summary>Takes an index that the SDK owns from now on.</summary>
    public static BinaryIndexHandle Own(FaissIndexBinary* index) => new(index, FreeFunction(index));

    /// <summary>Wraps an index that the SDK owns from now on.</summary>
    public static IndexBinary Wrap(FaissIndexBinary* index, IndexReadOptions options = IndexReadOptions.None) => Wrap(Own(index), options);

    /// <summary>Wraps an index; on failure it is freed.</summary>
    public static IndexBinary Wrap(BinaryIndexHandle handle, IndexReadOptions options)
    {
        try
        {
            using var index = handle.Acquire(handle);
            var dimension = FaissNative.faiss_IndexBinary_d(index.Pointer);
            if (dimension < 8 || dimension % 8 != 0)
            {
                throw new FaissException($"The binary index has dimension {dimension}, which is not a positive multiple of 8.");
            }

            var kind = BinaryIndexKind.Of(index.Pointer);
            return IsFlat(index.Pointer, kind) ? new IndexBinaryFlat(handle, kind, options)
                : IsIVF(index.Pointer) ? new IndexBinaryIVF(handle, kind, options)
                : new OtherBinaryIndex(handle, kind, options);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static bool IsFlat(FaissIndexBinary* index, BinaryIndexKind kind) =>
        FlatCast.IsPresent ? FaissNative.faiss_IndexBinaryFlat_cast(index) != null : kind.IsFlat;

    // Older versions have no function for it, so that it would be a type without members.
    private static bool IsIVF(FaissIndexBinary* index) => IVFCast.IsPresent && FaissNative.faiss_IndexBinaryIVF_cast(index) != null;

    private static delegate*<FaissIndexBinary*, void> FreeFunction(FaissIndexBinary* index) =>
        FlatCast.IsPresent && FaissNative.faiss_IndexBinaryFlat_cast(index) != null ? &FaissNative.faiss_IndexBinaryFlat_free
        : IsIVF(index) ? &FaissNative.faiss_IndexBinaryIVF_free
        : &FaissNative.faiss_IndexBinary_free;
}
