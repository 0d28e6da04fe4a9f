using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Sizes.</content>
public abstract unsafe partial class FaissIndex
{
    private static readonly OptionalFunction SizeFunction = new(nameof(FaissNative.faiss_sdk_index_size), "The size of an index");

    /// <summary>Gets the number of bytes of a file of the index, which is about the memory that it takes. No file is written.</summary>
    /// <remarks>May run concurrently with other calls that only read. Takes time in proportion to the number of inverted lists, not of vectors.</remarks>
    /// <exception cref="NotSupportedException">The native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index, such as <see cref="IndexShards"/>.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long SizeInBytes
    {
        get
        {
            using var index = Handle.Acquire(this);
            SizeFunction.Require();
            nuint bytes = 0;
            Status.ThrowIfFailed(FaissNative.faiss_sdk_index_size(index.Pointer, &bytes));
            return (long)bytes;
        }
    }

    /// <summary>Estimates <see cref="SizeInBytes"/> of an index before it is trained and filled.</summary>
    /// <remarks>The estimate is the sum of codes, ids, links, centroids and codebooks; it is within 5 % for 1,000 vectors or more.</remarks>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="description">The factory string, as for <see cref="Create"/>.</param>
    /// <param name="count">The number of vectors, n.</param>
    /// <returns>The number of bytes.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, or <paramref name="count"/> is negative.</exception>
    /// <exception cref="ArgumentException"><paramref name="description"/> is not valid; see <see cref="Create"/>.</exception>
    /// <exception cref="NotSupportedException">There is no estimate for a part of the index, only a newer FAISS has the kind, or the native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">FAISS does not recognize the description, or it does not match the dimension.</exception>
    public static long EstimateSizeInBytes(int dimension, string description, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        using var index = Create(dimension, description);
        SizeFunction.Require();
        var bytes = SizeEstimate.Of(index.Parts, count);
        return bytes < long.MaxValue ? (long)bytes : throw new ArgumentOutOfRangeException(nameof(count), count, $"{count} vectors of '{description}' take more bytes than a long can count.");
    }
}
