using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a FAISS index of binary vectors: d bits each, in d / 8 bytes, compared by the number of bits that differ, the Hamming distance (FAISS: <c>IndexBinary</c>).</summary>
/// <remarks>
/// Calls that only read an index (searches, reconstruction, saving, cloning, properties) may run concurrently; a call that
/// changes it, as its remarks state, requires exclusive access: if another call on the index or on one of its parts is running, the later of the two throws an
/// <see cref="InvalidOperationException"/> and does nothing. The calls of <see cref="AsConcurrent"/> wait for each other instead.
/// Properties that are one number, such as <see cref="Count"/>, are read and set at any time, and <see cref="Dispose"/> may be called at any time: running calls finish first.
/// FAISS before 1.9.0 cannot create a binary index through its C API: use <see cref="Load(string, IndexReadOptions)"/>.
/// </remarks>
public abstract unsafe partial class IndexBinary : IDisposable
{
    private static readonly OptionalFunction Factory = new(nameof(FaissNative.faiss_index_binary_factory));
    private static readonly OptionalFunction RebuildMapFunction = new(nameof(FaissNative.faiss_sdk_binary_id_map_rebuild));
    private static readonly OptionalFunction CloneFunction = new(nameof(FaissNative.faiss_clone_index_binary));

    private readonly ViewCache<IndexBinary> _views = new();
    private ConcurrentIndexBinary? _concurrent;

    private protected IndexBinary(BinaryIndexHandle handle)
    {
        Handle = handle;
        Memory = new VectorMemory(handle, FaissNative.faiss_IndexBinary_d((FaissIndexBinary*)handle.DangerousGetHandle()) / 32, description: null);
        using var index = handle.Acquire(this);
        Dimension = FaissNative.faiss_IndexBinary_d(index.Pointer);
        Parts = NativeParts.Of(index.Pointer);
    }

    /// <summary>Gets the number of bits of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets the number of bytes of a vector, d / 8.</summary>
    public int CodeSize => Dimension / 8;

    /// <summary>Gets the number of vectors held (FAISS: <c>ntotal</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long Count
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexBinary_ntotal(index.Pointer);
        }
    }

    /// <summary>Gets a value indicating whether the index is trained, so that vectors can be added; always <see langword="true"/> for an index that needs no training.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool IsTrained
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexBinary_is_trained(index.Pointer) != 0;
        }
    }

    /// <summary>Gets the metric of the native index: always <see cref="MetricType.L2"/>, which stands for the Hamming distance.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public MetricType Metric
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return (MetricType)FaissNative.faiss_IndexBinary_metric_type(index.Pointer);
        }
    }

    /// <summary>Gets or sets a value indicating whether FAISS prints its progress, to the listeners of <see cref="FaissDiagnostics.MessagePrinted"/> or, without one, to <see cref="Console.Out"/>.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool Verbose
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_IndexBinary_verbose(index.Pointer) != 0;
        }

        set
        {
            using var index = Handle.AcquireAnytime(this);
            PrintedMessages.ShowReports(value);
            FaissNative.faiss_IndexBinary_set_verbose(index.Pointer, value ? 1 : 0);
        }
    }

    internal BinaryIndexHandle Handle { get; }

    /// <summary>Gets the memory of the vectors.</summary>
    internal VectorMemory Memory { get; }

    /// <summary>Gets a value indicating whether a call reads a number more than once: <see cref="KnownDefects.ProbesReadTwice"/>.</summary>
    internal bool ReadsSettingsTwice => Parts.MayHoldLists && KnownDefects.ProbesReadTwice.IsPresent;

    /// <summary>Gets the description of the index and its parts. For what a call can change, such as the direct map, ask <see cref="NativeParts"/> again.</summary>
    internal IndexPart Parts { get; }

    /// <summary>Creates an index from a factory string (FAISS: <c>index_binary_factory</c>).</summary>
    /// <param name="dimension">The number of bits of a vector, d, a multiple of 8.</param>
    /// <param name="description">The factory string: <c>BFlat</c>, <c>BIVF256</c>, <c>BIVF256_HNSW32</c>, <c>BHNSW32</c>, <c>BHash16</c> or <c>BHash4x16</c>, after <c>IDMap,</c> or <c>IDMap2,</c> where ids are to be the caller's.</param>
    /// <returns>An empty index of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is not a positive multiple of 8.</exception>
    /// <exception cref="ArgumentException"><paramref name="description"/> does not have this form, or a number in it is too small, too large, or incompatible with the dimension.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.9.0, or knows no binary ID maps.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    public static IndexBinary Create(int dimension, string description)
    {
        var index = IndexFactory.Wrap(New(dimension, description));
        if (BinaryFactoryDescription.HasIDMap(description) == index.Parts.IsIDMap)
        {
            return index;
        }

        // FAISS versions without binary ID maps ignore them in the factory string.
        index.Dispose();
        throw new NotSupportedException($"'{description}': the loaded FAISS makes no binary ID maps; loaded: {FaissLibrary.Info.Version} ({FaissLibrary.Info.Path}).");
    }

    /// <summary>Trains the index on vectors that are distributed like those to be added.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="IndexBinary.AsConcurrent"/> waits instead. With fewer than 39 vectors for each list FAISS warns (<see cref="FaissDiagnostics.MessagePrinted"/>).</remarks>
    /// <param name="vectors">The training vectors, row-major (n × d / 8 bytes), at least one.</param>
    /// <exception cref="ArgumentException">The length is 0 or not a multiple of <see cref="CodeSize"/>.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one, it was read with options that do not permit changes, or it holds vectors whose codes training would change.</exception>
    /// <exception cref="FaissException">FAISS rejected the call, for example because there are too few vectors.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Train(ReadOnlySpan<byte> vectors)
    {
        using var index = Handle.AcquireToChange(this);
        var count = CountCodes(vectors, nameof(vectors));
        if (count == 0)
        {
            throw new ArgumentException("vectors is empty; training needs at least one vector.", nameof(vectors));
        }

        CheckWritable();
        CheckHoldsNoCodes(index.Pointer);
        using var call = ObservedCall.Start("train", this, count);
        fixed (byte* x = vectors)
        {
            Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_train(index.Pointer, count, x));
        }

        call?.Succeed();
    }

    /// <summary>Adds vectors, with consecutive ids from <see cref="Count"/> on.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="IndexBinary.AsConcurrent"/> waits instead.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d / 8 bytes).</param>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, or it was read with options that do not permit changes.</exception>
    /// <exception cref="FaissException">FAISS rejected the call: an ID map accepts vectors only with ids.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Add(ReadOnlySpan<byte> vectors)
    {
        using var index = Handle.AcquireToChange(this);
        var count = CountCodes(vectors, nameof(vectors));
        CheckChangeable(index.Pointer);
        if (count == 0)
        {
            return;
        }

        using var call = ObservedCall.Start("add", this, count);
        AddNatively(index.Pointer, vectors, null);
        call?.Succeed();
    }

    /// <summary>Adds vectors with ids chosen by the caller.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="IndexBinary.AsConcurrent"/> waits instead.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d / 8 bytes).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater: −1 stands for no vector in results.</param>
    /// <exception cref="ArgumentException">The length of a span does not match.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, or it was read with options that do not permit changes.</exception>
    /// <exception cref="FaissException">This kind of index does not store ids (wrap it: <c>IDMap,BFlat</c>), or keeps a direct map.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void AddWithIds(ReadOnlySpan<byte> vectors, ReadOnlySpan<long> ids)
    {
        using var index = Handle.AcquireToChange(this);
        var count = CountCodes(vectors, nameof(vectors));
        VectorShape.CheckLength(ids.Length, count, nameof(ids));
        foreach (var id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
        }

        CheckChangeable(index.Pointer);
        if (count == 0)
        {
            return;
        }

        using var call = ObservedCall.Start("add", this, count);
        fixed (long* xids = ids)
        {
            AddNatively(index.Pointer, vectors, xids);
        }

        call?.Succeed();
    }

    /// <summary>Removes vectors; kinds that number vectors by position renumber the rest.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="IndexBinary.AsConcurrent"/> waits instead.</remarks>
    /// <param name="selector">The ids to remove.</param>
    /// <returns>The number of vectors removed.</returns>
    /// <exception cref="ArgumentException">The selector calls a predicate (<see cref="IDSelectorPredicate"/>).</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, or it was read with options that do not permit changes.</exception>
    /// <exception cref="NotSupportedException">The index is an ID map of anything but a flat index: FAISS mixes up the ids that are left.</exception>
    /// <exception cref="FaissException">This kind of index cannot remove vectors, or keeps a direct map.</exception>
    /// <exception cref="ObjectDisposedException">The index or the selector is disposed.</exception>
    public long Remove(IDSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        IDSelectorPredicate.CheckNotCalledBy(selector, nameof(selector));
        using var index = Handle.AcquireToChange(this);
        using var chosen = selector.Handle.Acquire(selector);
        CheckChangeable(index.Pointer);
        if (KnownDefects.BinaryRemovalUnderIDMap.IsPresent && Parts.All.FirstOrDefault(part => part.IsIDMap && !part.Innermost.IsFlat) is { } map)
        {
            throw new NotSupportedException($"FAISS mixes up the ids when it removes from an ID map of anything but a flat index; this one maps '{(map.Innermost.Code.Length > 0 ? map.Innermost.Code : map.Innermost.Class)}'.");
        }

        nuint removed;
        Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_remove_ids(index.Pointer, chosen.Pointer, &removed), ErrorAdvice.KeepRemoved);
        Memory.Add(-(long)removed);
        return (long)removed;
    }

    /// <summary>Removes all vectors; the index stays trained.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="IndexBinary.AsConcurrent"/> waits instead.</remarks>
    /// <exception cref="InvalidOperationException">Another index is made of this one, or it was read with options that do not permit changes.</exception>
    /// <exception cref="NotSupportedException">The index finds vectors by id (<c>IDMap2</c>), and the library has no function that renews its table; or it has several hash tables, and the loaded FAISS is older than 1.14.2.</exception>
    /// <exception cref="FaissException">This kind of index cannot be emptied.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Reset()
    {
        using var index = Handle.AcquireToChange(this);
        CheckWritable();
        if (FaissNative.faiss_IndexBinary_ntotal(index.Pointer) > 0)
        {
            KnownDefects.HashTablesAfterReset.ThrowIfPresent(Parts.All, "Emptying several hash tables");
        }

        var maps = KnownDefects.IDMap2Reset.IsPresent ? Parts.All.Where(part => part.IsIDMap2).ToArray() : [];
        if (maps.Length > 0)
        {
            RebuildMapFunction.Require();
        }

        Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_reset(index.Pointer));
        Memory.Clear();
        foreach (var map in maps)
        {
            Status.ThrowIfFailed(map.IsBinary
                ? FaissNative.faiss_sdk_binary_id_map_rebuild((FaissIndexBinary*)map.Object)
                : FaissNative.faiss_IndexIDMap2_construct_rev_map((NativeIndex*)map.Object));
        }
    }

    /// <summary>Sets a parameter by name: <c>nprobe</c> or <c>max_codes</c> of inverted lists, <c>efSearch</c> or <c>efConstruction</c> of HNSW (FAISS: <c>ParameterSpace</c>).</summary>
    /// <remarks>May run concurrently with any other call: later searches see the value.</remarks>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="value">The value of the parameter. FAISS truncates it to an integer; a larger <c>nprobe</c> than the number of lists means all lists.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is less than 1 or not a finite number, or too large for an int (for <c>efSearch</c> and <c>efConstruction</c>: 2²⁰).</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.14.0.</exception>
    /// <exception cref="FaissException">This kind of index has no such parameter.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void SetParameter(string name, double value)
    {
        using var space = new ParameterSpace();
        space.SetIndexParameter(this, name, value);
    }

    /// <summary>Creates an independent copy of the index.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <returns>The copy, to be disposed.</returns>
    /// <exception cref="NotSupportedException">The index is mapped from its file, or the loaded FAISS is older than 1.9.0.</exception>
    /// <exception cref="FaissException">FAISS cannot copy this kind of index, such as hashes and ID maps.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public IndexBinary Clone()
    {
        using var index = Handle.Acquire(this);
        CheckSavable();
        CloneFunction.Require();
        FaissIndexBinary* copy = null;
        Status.ThrowIfFailed(FaissNative.faiss_clone_index_binary(index.Pointer, &copy));
        var wrapped = IndexFactory.Wrap(copy, Handle.Source | HandleSource.Loaded);
        wrapped.Memory.Begin(0, wrapped.Count);
        return wrapped;
    }

    /// <summary>Returns an object whose calls wait for each other instead of throwing: any number of searches run concurrently, and a change runs alone.</summary>
    /// <returns>The same object at every call.</returns>
    public ConcurrentIndexBinary AsConcurrent() => _concurrent ?? Interlocked.CompareExchange(ref _concurrent, new ConcurrentIndexBinary(this), null) ?? _concurrent;

    /// <summary>Frees the native index as soon as no call uses it and no other index is made of it.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        _views.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static FaissIndexBinary* New(int dimension, string description)
    {
        if (dimension < 8 || dimension % 8 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "dimension must be a positive multiple of 8.");
        }

        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        BinaryFactoryDescription.Check(description, dimension, nameof(description));
        Factory.Require();
        FaissIndexBinary* created = null;
        fixed (byte* text = Utf8.ZeroTerminated(description, nameof(description)))
        {
            Status.ThrowIfFailed(FaissNative.faiss_index_binary_factory(&created, dimension, (sbyte*)text), $"'{description}' of dimension {dimension}");
        }

        return created;
    }

    /// <summary>Returns the object of a part that the native index owns: the same at every call, and disposed with this index.</summary>
    private protected IndexBinary View(FaissIndexBinary* part) => _views.GetOrAdd(
        Handle,
        this,
        (nint)part,
        static (whole, view) => IndexFactory.Wrap(new BinaryIndexHandle((FaissIndexBinary*)view, whole.Handle)));

    /// <summary>Checks whether vectors can be added or removed.</summary>
    private protected void CheckChangeable(FaissIndexBinary* index)
    {
        CheckWritable();
        CheckTrained(index);
    }

    private protected void CheckTrained(FaissIndexBinary* index)
    {
        if (FaissNative.faiss_IndexBinary_is_trained(index) == 0)
        {
            throw new InvalidOperationException($"This {GetType().Name} (dimension {Dimension}) is not trained: call {nameof(Train)} first.");
        }
    }

    /// <summary>Returns n of n × d / 8 bytes.</summary>
    private protected int CountCodes(ReadOnlySpan<byte> vectors, string parameter)
    {
        var (count, remainder) = Math.DivRem(vectors.Length, CodeSize);
        return remainder == 0
            ? count
            : throw new ArgumentException($"{parameter} has {vectors.Length} bytes, which is not a multiple of the {CodeSize} bytes of a vector of dimension {Dimension}.", parameter);
    }

    private void CheckWritable()
    {
        if (KnownDefects.ListsInFiles.IsPresent && (Parts.HoldsReadOnlyVectors || MayKeepListsInFile(HandleSource.ReadOnly | HandleSource.Mapped)))
        {
            throw new InvalidOperationException($"This {GetType().Name}, or a part of it, was read with options that leave its lists in their file, and cannot be changed.");
        }

        if (KnownDefects.VectorsInFiles.IsPresent && (Handle.Source & HandleSource.MappedVectors) != 0)
        {
            throw new InvalidOperationException($"The vectors of this {GetType().Name}, or of a part of it, are mapped from their file, and cannot be changed; load the file without {nameof(IndexReadOptions)}.{nameof(IndexReadOptions.MmapVectors)}.");
        }
    }

    // Judges by the source of the index, for a library that does not describe lists.
    private bool MayKeepListsInFile(HandleSource sources) =>
        !NativeParts.DescribesBinaries && (Handle.Source & sources) != 0 && Parts.MayHoldLists;

    private void CheckHoldsNoCodes(FaissIndexBinary* index)
    {
        var held = FaissNative.faiss_IndexBinary_ntotal(index);
        if (held > 0 && KnownDefects.TrainingOfHeldCodes.IsPresent && NativeParts.Of(index).ChangesByTraining)
        {
            throw new InvalidOperationException($"This {GetType().Name} holds {held} vectors, which would belong to other lists or codes after training; call {nameof(Reset)} first.");
        }
    }
}
