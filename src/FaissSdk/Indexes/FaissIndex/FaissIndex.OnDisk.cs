using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>What <see cref="OnDiskIndexBuilder"/> needs of an index.</content>
public abstract unsafe partial class FaissIndex
{
    private static readonly OptionalFunction EncodeForListsFunction = new(nameof(FaissNative.faiss_sdk_encode_for_lists), "Building an index on disk");
    private static readonly OptionalFunction PutListsOnDiskFunction = new(nameof(FaissNative.faiss_sdk_put_lists_on_disk), "Building an index on disk");

    /// <summary>Throws if the library cannot build indexes on disk.</summary>
    internal static void RequireListsOnDisk()
    {
        EncodeForListsFunction.Require();
        PutListsOnDiskFunction.Require();
    }

    /// <summary>Checks vectors before some of them are encoded for lists.</summary>
    internal void CheckForLists(ReadOnlySpan<float> vectors)
    {
        using var index = Handle.Acquire(this);
        VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        CheckFinite(vectors);
        CheckEncodable();
        CheckQuantizersFindLists();
    }

    /// <summary>Checks ids of vectors.</summary>
    internal void CheckIdsForLists(ReadOnlySpan<long> ids) => CheckIds(ids);

    /// <summary>Encodes vectors as an addition would store them in the inverted lists of this index, or of one behind transforms.</summary>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="lists">Receives the list of each vector (n).</param>
    /// <param name="codes">Receives the codes, without the numbers of lists.</param>
    internal void EncodeForLists(ReadOnlySpan<float> vectors, Span<long> lists, byte* codes)
    {
        using var index = Handle.Acquire(this);
        fixed (float* x = vectors)
        fixed (long* assigned = lists)
        {
            using var turn = LocalSearch.EnterToEncode(Parts);
            Status.ThrowIfFailed(FaissNative.faiss_sdk_encode_for_lists(index.Pointer, lists.Length, x, assigned, codes));
        }

        if (lists.IndexOfAnyInRange(long.MinValue, -1) is >= 0 and var absent)
        {
            throw new InvalidOperationException($"The quantizer finds no list for vector {absent} of a block of {lists.Length}.");
        }
    }

    /// <summary>Makes this empty index refer to lists in a file that has no gaps, and writes it to a file.</summary>
    internal void WriteWithListsOnDisk(ReadOnlySpan<long> sizes, string fileName, string path)
    {
        using (var index = Handle.AcquireToChange(this))
        {
            fixed (long* all = sizes)
            fixed (byte* name = Utf8.ZeroTerminated(fileName, nameof(fileName)))
            {
                Status.ThrowIfFailed(FaissNative.faiss_sdk_put_lists_on_disk(index.Pointer, all, (sbyte*)name));
            }
        }

        SequentialWriter.CheckLength(SizeInBytes);
        CFile.Write(path, stream =>
        {
            using var index = Handle.Acquire(this);
            Status.ThrowIfFailed(FaissNative.faiss_write_index(index.Pointer, (void*)stream));
        });
    }
}
