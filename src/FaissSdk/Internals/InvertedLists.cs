using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Shows ids and codes of inverted lists in the memory of the index (FAISS: <c>InvertedLists</c>).</summary>
/// <remarks>
/// Until it is disposed, the index stays alive, and calls that change it throw an <see cref="InvalidOperationException"/>. Do not use
/// its spans afterwards. Lists on disk are read when their spans are.
/// </remarks>
public sealed unsafe class InvertedLists : IDisposable
{
    private static readonly OptionalFunction ListFunction = new(nameof(FaissNative.faiss_sdk_list), "Showing inverted lists");
    private static readonly OptionalFunction BinaryListFunction = new(nameof(FaissNative.faiss_sdk_binary_list), "Showing inverted lists");

    private readonly NativeHandle.ReadLease _lease;
    private readonly nint _lists;
    private readonly bool _isBinary;

    private InvertedLists(NativeHandle.ReadLease lease, IndexPart part)
    {
        (_lease, _lists, _isBinary, ListCount) = (lease, part.Object, part.IsBinary, (int)part.ListCount);
        CodeSize = ListCount == 0 ? 0 : (int)Show(0).code_size;
    }

    /// <summary>Gets the number of lists.</summary>
    public int ListCount { get; }

    /// <summary>Gets the number of bytes of a code.</summary>
    public int CodeSize { get; }

    /// <summary>Shows the inverted lists of an index, or of the index within its transforms, ID maps and refinements.</summary>
    /// <param name="index">The index.</param>
    /// <returns>The lists, to be disposed.</returns>
    /// <exception cref="NotSupportedException">The index has no inverted lists, or keeps the codes of several vectors side by side, as fast-scan lists do; or the loaded library lacks the function.</exception>
    /// <exception cref="InvalidOperationException">A call of another thread changes the index.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static InvertedLists Of(FaissIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        ListFunction.Require();
        return Of(index.Handle.BeginLease(index, nameof(InvertedLists)), index.Parts, index);
    }

    /// <summary>Shows the inverted lists of a binary index, or of the index within its ID map.</summary>
    /// <param name="index">The index.</param>
    /// <returns>The lists, to be disposed.</returns>
    /// <exception cref="NotSupportedException">The index has no inverted lists, or the loaded library lacks the function.</exception>
    /// <exception cref="InvalidOperationException">A call of another thread changes the index.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static InvertedLists Of(IndexBinary index)
    {
        ArgumentNullException.ThrowIfNull(index);
        BinaryListFunction.Require();
        return Of(index.Handle.BeginLease(index, nameof(InvertedLists)), index.Parts, index);
    }

    /// <summary>Gets the ids of the vectors in a list.</summary>
    /// <param name="list">The list, from 0 to <see cref="ListCount"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such list.</exception>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    public ReadOnlySpan<long> GetIds(int list)
    {
        CheckList(list);
        var shown = Show(list);
        return new ReadOnlySpan<long>(shown.ids, checked((int)shown.size));
    }

    /// <summary>Gets the codes of the vectors in a list, in the order of <see cref="GetIds"/> (n × <see cref="CodeSize"/>).</summary>
    /// <param name="list">The list, from 0 to <see cref="ListCount"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such list.</exception>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    public ReadOnlySpan<byte> GetCodes(int list)
    {
        CheckList(list);
        var shown = Show(list);
        return new ReadOnlySpan<byte>(shown.codes, checked((int)(shown.size * shown.code_size)));
    }

    /// <summary>Ends the use of the index's memory.</summary>
    public void Dispose() => _lease.Dispose();

    private static InvertedLists Of(NativeHandle.ReadLease lease, IndexPart parts, object index)
    {
        try
        {
            var part = parts.VectorParts.FirstOrDefault(part => part.HoldsLists && part.Object != 0)
                ?? throw new NotSupportedException($"This {index.GetType().Name} has no inverted lists, nor has the index in it; only IVF… has.");

            // Lists of these kinds store vectors one after the other.
            if (part.Text("lists") is var kind and not ("ArrayInvertedLists" or "OnDiskInvertedLists"))
            {
                throw new NotSupportedException($"The lists of this {index.GetType().Name} ({kind}) store the codes of several vectors side by side: use GetListIds and the encoder's methods, or lists of another kind.");
            }

            return new InvertedLists(lease, part);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private void CheckList(int list)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(list);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(list, ListCount);
    }

    private FaissSdkList Show(int list)
    {
        _lease.Check(this);
        FaissSdkList shown;
        Status.ThrowIfFailed(_isBinary
            ? FaissNative.faiss_sdk_binary_list((FaissIndexBinary*)_lists, (nuint)list, &shown)
            : FaissNative.faiss_sdk_list((NativeIndex*)_lists, (nuint)list, &shown));
        return shown;
    }
}
