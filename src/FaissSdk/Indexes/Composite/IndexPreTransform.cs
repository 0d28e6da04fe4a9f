using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that transforms vectors before another index adds or searches them (FAISS: <c>IndexPreTransform</c>).</summary>
public sealed unsafe class IndexPreTransform : FaissIndex
{
    private readonly FaissIndex? _index;

    /// <summary>Initializes a new instance around another index, without a transform.</summary>
    /// <param name="index">The index of the transformed vectors. It is kept alive, and changed through this one from now on.</param>
    /// <exception cref="ObjectDisposedException"><paramref name="index"/> is disposed.</exception>
    public IndexPreTransform(FaissIndex index)
        : base(New(index))
    {
        _index = index;
        Hold(index, owned: false, null);
    }

    /// <summary>Initializes a new instance of a transform and another index.</summary>
    /// <param name="transform">The transform. It is kept alive, and trained through this index from now on.</param>
    /// <param name="index">The index of the transformed vectors. It is kept alive, and changed through this one from now on.</param>
    /// <param name="takeOwnership"><see langword="true"/> to transfer both to this index, which frees them; the objects are disposed.</param>
    /// <exception cref="ArgumentException">The output dimension of <paramref name="transform"/> is not the dimension of <paramref name="index"/>.</exception>
    /// <exception cref="NotSupportedException"><paramref name="index"/> compares by a metric by which transformed vectors have other neighbors.</exception>
    /// <exception cref="InvalidOperationException">Both are to be transferred, and another index is made of one of them.</exception>
    /// <exception cref="ObjectDisposedException">An index is disposed.</exception>
    public IndexPreTransform(VectorTransform transform, FaissIndex index, bool takeOwnership = false)
        : base(New(transform, index))
    {
        _index = takeOwnership ? null : index;
        if (takeOwnership)
        {
            Give(transform, index);
        }
        else
        {
            Hold(transform);
            Hold(index, owned: false, null);
        }
    }

    internal IndexPreTransform(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Gets the index of the transformed vectors. It is disposed with this one, unless the caller created it and still owns it.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex Index
    {
        get
        {
            using var index = Handle.Acquire(this);
            return _index is { Handle.IsDisposed: false } given ? given : View(FaissNative.faiss_IndexPreTransform_index(index.Pointer));
        }
    }

    /// <summary>Gets a value indicating whether the transforms and the index are freed with this index (FAISS: <c>own_fields</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool OwnsParts
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexPreTransform_own_fields(index.Pointer) != 0;
        }
    }

    /// <summary>Inserts a transform before all others.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <param name="transform">The transform; it is kept alive, or given away if this index owns the others.</param>
    /// <exception cref="ArgumentException">The output dimension of <paramref name="transform"/> is not the dimension of this index.</exception>
    /// <exception cref="NotSupportedException">The index compares by a metric by which transformed vectors have other neighbors.</exception>
    /// <exception cref="InvalidOperationException">The index holds vectors, or another index is made of it, or of a transform that is to be transferred.</exception>
    /// <exception cref="ObjectDisposedException">The index or the transform is disposed.</exception>
    public void PrependTransform(VectorTransform transform)
    {
        ArgumentNullException.ThrowIfNull(transform);
        using var index = Handle.AcquireToChange(this);
        CheckDimension(transform, Dimension);
        SupportedMetrics.CheckTransform(transform.GetType().Name, Metric, $"This {nameof(IndexPreTransform)}");
        if (FaissNative.faiss_Index_ntotal(index.Pointer) != 0)
        {
            throw new InvalidOperationException("The index holds vectors that were added without this transform; reset it first.");
        }

        if (FaissNative.faiss_IndexPreTransform_own_fields(index.Pointer) != 0)
        {
            using var given = transform.Handle.AcquireToChange(transform, Composition);
            Status.ThrowIfFailed(FaissNative.faiss_IndexPreTransform_prepend_transform(index.Pointer, given.Pointer));
            transform.Handle.TransferTo(Handle);
            transform.Dispose();
        }
        else
        {
            CheckCanBecomePart(transform);
            using var added = transform.Handle.Acquire(transform, Composition);
            Status.ThrowIfFailed(FaissNative.faiss_IndexPreTransform_prepend_transform(index.Pointer, added.Pointer));
            Keep(transform);
        }

        Refresh(index.Pointer);
    }

    // An index does not change a trained transform, so that several indexes can share it.
    private static void CheckCanBecomePart(VectorTransform transform)
    {
        if (!transform.Handle.CanBecomePart(constantAt: 1, transform.IsTrained))
        {
            throw NativeHandle.PartOfOther(transform);
        }
    }

    private void Keep(VectorTransform transform) => Handle.KeepPart(transform.Handle, transform, constantAt: 1, transform.IsTrained);

    private void Hold(VectorTransform transform)
    {
        try
        {
            using var added = transform.Handle.Acquire(transform, Composition);
            Keep(transform);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void Give(VectorTransform transform, FaissIndex index)
    {
        try
        {
            // Both are acquired before the first is transferred.
            using var given = transform.Handle.AcquireToChange(transform, Composition);
            Hold(index, owned: true, &FaissNative.faiss_IndexPreTransform_set_own_fields);
            transform.Handle.TransferTo(Handle);
            transform.Dispose();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private static IndexHandle New(FaissIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        CheckCanBecomePart(index);
        using var inner = index.Handle.Acquire(index, Composition);
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexPreTransform_new_with(&created, inner.Pointer));
        return new IndexHandle(created, &FaissNative.faiss_IndexPreTransform_free);
    }

    private static IndexHandle New(VectorTransform transform, FaissIndex index)
    {
        ArgumentNullException.ThrowIfNull(transform);
        ArgumentNullException.ThrowIfNull(index);
        CheckCanBecomePart(transform);
        CheckCanBecomePart(index);
        using var first = transform.Handle.Acquire(transform, Composition);
        using var inner = index.Handle.Acquire(index, Composition);
        CheckDimension(transform, index.Dimension);
        SupportedMetrics.CheckTransform(transform.GetType().Name, index.Metric, $"This {nameof(IndexPreTransform)}");
        NativeIndex* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_IndexPreTransform_new_with_transform(&created, first.Pointer, inner.Pointer));
        return new IndexHandle(created, &FaissNative.faiss_IndexPreTransform_free);
    }

    private static void CheckDimension(VectorTransform transform, int dimension)
    {
        if (transform.OutputDimension != dimension)
        {
            throw new ArgumentException($"transform has output dimension {transform.OutputDimension}; the index has dimension {dimension}.", nameof(transform));
        }
    }
}
