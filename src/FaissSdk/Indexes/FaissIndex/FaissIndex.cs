using System.Diagnostics.CodeAnalysis;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a FAISS index: a set of vectors that can be searched for those nearest to a query (FAISS: <c>Index</c>).</summary>
/// <remarks>
/// Calls that only read an index (searches, reconstruction, encoding, saving, cloning, properties) may run concurrently;
/// a call that changes it, as its remarks state, requires exclusive access: if another call on the index or on one of its parts is running, the later of the two throws an
/// <see cref="InvalidOperationException"/> and does nothing. The calls of <see cref="AsConcurrent"/> wait for each other instead.
/// Properties that are one number, such as <see cref="Count"/>, are read and set at any time, and <see cref="Dispose"/> may be called at any time: running calls finish first.
/// A composite index keeps its parts alive. A part can still be searched, but changed only through the composite index.
/// Flat indexes accept all vectors that <see cref="Metric"/> compares, NaN and infinity included, as FAISS does; the others accept finite
/// ones only, since their codes are found by k-means, and take finite queries only. Codes that are numbers of another type accept what these
/// hold: magnitudes up to 65,504 in half precision (<c>SQfp16</c>, <c>MinMaxFP16</c>), integers in bytes (<c>SQ8_direct</c>),
/// which compare bytes with those of queries if the dimension is a multiple of 16, and accept such queries only.
/// </remarks>
public abstract unsafe partial class FaissIndex : IDisposable
{
    private bool _mayHoldLists;

    private protected FaissIndex(IndexHandle handle, string? description = null)
    {
        Handle = handle;
        Description = description;
        Memory = new VectorMemory(handle, FaissNative.faiss_Index_d((NativeIndex*)handle.DangerousGetHandle()), description);
        using var index = handle.Acquire(this);
        Refresh(index.Pointer);
    }

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension { get; private set; }

    /// <summary>Gets the metric by which vectors are compared.</summary>
    public MetricType Metric { get; private set; }

    /// <summary>Gets the number of vectors held (FAISS: <c>ntotal</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long Count
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_Index_ntotal(index.Pointer);
        }
    }

    /// <summary>Gets a value indicating whether the index is trained, so that vectors can be added; always <see langword="true"/> for an index that needs no training.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool IsTrained
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_Index_is_trained(index.Pointer) != 0;
        }
    }

    /// <summary>Gets or sets a value indicating whether FAISS prints its progress, to the listeners of <see cref="FaissDiagnostics.MessagePrinted"/> or, without one, to <see cref="Console.Out"/>.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool Verbose
    {
        get
        {
            using var index = Handle.AcquireAnytime(this);
            return FaissNative.faiss_Index_verbose(index.Pointer) != 0;
        }

        set
        {
            using var index = Handle.AcquireAnytime(this);
            PrintedMessages.ShowReports(value);
            FaissNative.faiss_Index_set_verbose(index.Pointer, value ? 1 : 0);
        }
    }

    internal IndexHandle Handle { get; }

    /// <summary>Gets the memory of the vectors.</summary>
    internal VectorMemory Memory { get; }

    /// <summary>Gets a value indicating whether a call reads a number more than once: <see cref="KnownDefects.ProbesReadTwice"/>.</summary>
    internal bool ReadsSettingsTwice => _mayHoldLists && KnownDefects.ProbesReadTwice.IsPresent;

    /// <summary>Gets the factory string that the index was created from, if any.</summary>
    internal string? Description { get; private set; }

    /// <summary>Gets the description of the index and its parts, as of the last change of the parts. For what a call can change, such as the direct map, ask <see cref="NativeParts"/> again.</summary>
    internal IndexPart Parts { get; private set; }

    /// <summary>Gets a value indicating whether vectors and queries must be finite.</summary>
    private protected virtual bool NeedsFinite => KnownDefects.VectorsNotFinite.IsPresent;

    /// <summary>Creates an index from a factory string such as <c>IVF256,Flat</c> (FAISS: <c>index_factory</c>).</summary>
    /// <remarks>
    /// A product quantizer, as in <c>PQ16</c> or <c>IVF256,PQ16</c>, is trained for polysemous codes too, by annealing (Douze, Jégou
    /// and Perronnin, 2016), which takes more than ten times as long as the rest; <c>PQ16np</c> leaves that out.
    /// </remarks>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="description">The factory string.</param>
    /// <param name="metric">The metric.</param>
    /// <returns>An empty index of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, or <paramref name="metric"/> is not a metric or is <see cref="MetricType.Lp"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="description"/> is empty or longer than 500 characters, or contains a space, a zero character, or a number that is too small or too large for the dimension, for FAISS or for this machine.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails with this kind of index, only a newer one has it, or it compares by a metric other than <paramref name="metric"/>.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">FAISS does not recognize the description, or it does not match the dimension.</exception>
    public static FaissIndex Create(int dimension, string description, MetricType metric = MetricType.L2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        return IndexFactory.Wrap(IndexCreation.FromFactory(dimension, description, metric), description);
    }

    /// <summary>Trains the index on vectors that are distributed like those to be added.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead. With fewer than 39 vectors for each list or code FAISS warns (<see cref="FaissDiagnostics.MessagePrinted"/>).</remarks>
    /// <param name="vectors">The training vectors, row-major (n × d), at least one.</param>
    /// <exception cref="ArgumentException">The length is 0 or not a multiple of <see cref="Dimension"/>, or a vector is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="InvalidOperationException">Another index is made of this one, it is mapped from its file, or it holds vectors whose codes training would change.</exception>
    /// <exception cref="FaissException">FAISS rejected the call, for example because there are too few vectors.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Train(ReadOnlySpan<float> vectors) => TrainUntil(vectors, CancellationToken.None);

    private void TrainUntil(ReadOnlySpan<float> vectors, CancellationToken cancellationToken)
    {
        using var index = Handle.AcquireToChange(this);
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        if (count == 0)
        {
            throw new ArgumentException("vectors is empty; training needs at least one vector.", nameof(vectors));
        }

        CheckWritable();
        CheckTraining(vectors, count);
        CheckHoldsNoCodes(index.Pointer);
        CheckLatticesTrain();
        CheckQuantizersCluster(index.Pointer);
        CheckComponents(vectors, count);

        PrepareQuantizers(vectors);
        using var settings = Handle.WriteSettings(MayTrainByNestedLists);
        using var probes = MayTrainByNestedLists ? TrainingProbes.Widen(index.Pointer) : null;
        using var call = ObservedCall.Start("train", this, count);
        fixed (float* x = vectors)
        {
            TrainNative(index.Pointer, count, x, cancellationToken);
        }

        CompleteGraphs([.. Parts.All.Where(GraphLinks.IsNSG)]);
        if (Parts.All.Any(part => part.IsTransform) || Parts.CodeRanges.Length > 0)
        {
            Refresh(index.Pointer);
            CheckGain(nameof(vectors));
        }

        if (FindEqualLengths() is { } part)
        {
            throw new ArgumentException($"vectors have equal lengths in part {part}, and a lattice divides by the range of the lengths; {(TrainsLatticesOnce ? "create the index anew, and " : "")}train {(TrainsLatticesOnce ? "it " : "")}on vectors whose lengths differ in every part.", nameof(vectors));
        }

        call?.Succeed();
    }

    /// <summary>Adds vectors, with consecutive ids from <see cref="Count"/> on.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a vector is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or another index is made of it.</exception>
    /// <exception cref="NotSupportedException">The index was loaded, and the library cannot restore what encoding needs, or it would never finish an NSG graph of these vectors.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Add(ReadOnlySpan<float> vectors)
    {
        using var index = Handle.AcquireToChange(this);
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        CheckChangeable(index.Pointer);
        CheckFinite(vectors);
        CheckQuantizersFindLists();
        if (count == 0)
        {
            return;
        }

        PrepareGraphs(vectors);
        using var call = ObservedCall.Start("add", this, count);
        fixed (float* x = vectors)
        {
            using var settings = Handle.ReadSettings(ReadsSettingsTwice);
            AddCore(index.Pointer, count, x, null);
        }

        CompleteGraphs(Parts.Graphs);
        call?.Succeed();
        Memory.Add(count);
    }

    /// <summary>Adds vectors with ids chosen by the caller.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), 0 or greater: −1 stands for no vector in results. An id that is added twice stands for two vectors; with <c>IVF…,FlatDedup</c>, which stores equal vectors under the id of the first, ids have to be distinct.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, a vector is not finite where the index needs it to be, or has no distances by <see cref="Metric"/>, or an index with a hash table (<see cref="DirectMapType"/>) holds an id already.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative.</exception>
    /// <exception cref="NotSupportedException">This kind of index numbers vectors itself; the index was loaded, and the library cannot restore what encoding needs; or it would never finish an NSG graph of these vectors.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or another index is made of it.</exception>
    /// <exception cref="FaissException">This kind of index does not store ids (wrap it: <c>IDMap,Flat</c>).</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void AddWithIds(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids)
    {
        using var index = Handle.AcquireToChange(this);
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        VectorShape.CheckLength(ids.Length, count, nameof(ids));
        CheckIds(ids);
        CheckChangeable(index.Pointer);
        CheckFinite(vectors);
        CheckQuantizersFindLists();
        if (count == 0)
        {
            return;
        }

        PrepareGraphs(vectors);
        using var call = ObservedCall.Start("add", this, count);
        fixed (float* x = vectors)
        fixed (long* xids = ids)
        {
            using var settings = Handle.ReadSettings(ReadsSettingsTwice);
            AddCore(index.Pointer, count, x, xids);
        }

        CompleteGraphs(Parts.Graphs);
        call?.Succeed();
        Memory.Add(count);
    }

    /// <summary>Removes vectors; kinds that number vectors by position renumber the rest.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <param name="selector">The ids to remove.</param>
    /// <returns>The number of vectors removed.</returns>
    /// <exception cref="ArgumentException">The selector calls a predicate (<see cref="IDSelectorPredicate"/>).</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, or another index is made of it.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails to remove from this kind of index.</exception>
    /// <exception cref="FaissException">This kind of index cannot remove vectors, or not by this type of selector.</exception>
    /// <exception cref="ObjectDisposedException">The index or the selector is disposed.</exception>
    public long Remove(IDSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        IDSelectorPredicate.CheckNotCalledBy(selector, nameof(selector));
        using var index = Handle.AcquireToChange(this);
        using var chosen = selector.Handle.Acquire(selector);
        CheckChangeable(index.Pointer);
        CheckRemovable();
        CheckHoldsNoDuplicates(index.Pointer, "Removing vectors");
        var removed = RemoveCore(index.Pointer, chosen.Pointer, _mayHoldLists);
        UnusedCodes.Clear(Parts);
        Memory.Add(-removed);
        RefreshDerivedState(index.Pointer);
        return removed;
    }

    /// <summary>Removes all vectors; the index stays trained.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="FaissIndex.AsConcurrent"/> waits instead.</remarks>
    /// <exception cref="InvalidOperationException">Another index is made of this one.</exception>
    /// <exception cref="FaissException">This kind of index cannot be emptied.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Reset()
    {
        using var index = Handle.AcquireToChange(this);
        CheckWritable();
        ForgetDuplicates();
        Status.ThrowIfFailed(FaissNative.faiss_Index_reset(index.Pointer));
        Memory.Clear();
        RefreshDerivedState(index.Pointer);
    }

    /// <summary>Sets a parameter by name, such as <c>nprobe</c>, the number of lists that a search visits, or <c>efSearch</c> of HNSW (FAISS: <c>ParameterSpace</c>).</summary>
    /// <remarks>May run concurrently with any other call: later searches see the value. On an index with inverted lists it waits for searches under way.</remarks>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="value">The value of the parameter. FAISS truncates it to an integer; a larger <c>nprobe</c> than the number of lists means all lists.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is less than 1 or not a finite number, or too large for an int (for <c>efSearch</c> and <c>efConstruction</c>: 2²⁰).</exception>
    /// <exception cref="FaissException">This kind of index has no such parameter.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void SetParameter(string name, double value)
    {
        using var space = new ParameterSpace();
        space.SetIndexParameter(this, name, value);
    }

    /// <summary>Gets a parameter of searches by name, as <see cref="SetParameter"/> sets it: <c>nprobe</c>, <c>efSearch</c>, <c>k_factor_rf</c>, <c>k_factor</c>, <c>ht</c>, <c>max_codes</c>, and those of a quantizer as <c>quantizer_…</c>.</summary>
    /// <remarks>May run concurrently with other calls that only read. For shards, the value is that of the first one.</remarks>
    /// <param name="name">The name of the parameter.</param>
    /// <returns>The value; infinity for <c>max_codes</c> without a limit.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="NotSupportedException">This kind of index has no such parameter, or the loaded library does not show it.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public double GetParameter(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        using var index = Handle.Acquire(this);
        return ParameterValues.Read(NativeParts.Of(index.Pointer), name)
            ?? throw new NotSupportedException($"This {GetType().Name} ({Name()}) has no parameter '{name}' that can be read: use a name of ParameterSpace.{nameof(ParameterSpace.RangesOf)}{(NativeParts.DescribesFloats ? "" : ", and a library of the FaissSdk packages")}.");
    }

    internal static void CheckMetric(MetricType metric)
    {
        if (!Enum.IsDefined(metric))
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, $"metric is not a {nameof(MetricType)}.");
        }

        if (metric == MetricType.Lp)
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, $"Lp needs its exponent p: use {nameof(FaissIndex)}.{nameof(CreateLp)}.");
        }

        SupportedMetrics.CheckKnown(metric, "An index");
    }

    /// <summary>Returns this index if FAISS compares by its metric; disposes it otherwise.</summary>
    private FaissIndex CheckSupported(string subject)
    {
        try
        {
            SupportedMetrics.Check(Parts, subject);
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Refreshes state that a change of the parts may have changed.</summary>
    [MemberNotNull(nameof(Parts))]
    private protected void Refresh(NativeIndex* index)
    {
        Dimension = FaissNative.faiss_Index_d(index);
        Metric = (MetricType)FaissNative.faiss_Index_metric_type(index);
        Parts = NativeParts.Of(index);
        MetricArgument = Metric == MetricType.Lp && IndexSettings.IsPresent ? (float)IndexSettings.Read(index, IndexSetting.MetricArgument) : 0;
        _mayHoldLists = Parts.HoldsInvertedLists || !Parts.IsWhollyKnown;
    }
}
