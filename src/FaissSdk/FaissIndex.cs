using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>A FAISS index: a set of vectors that can be searched for those nearest to a query.</summary>
/// <remarks>
/// Searches may run at the same time on one index; everything that changes it (<see cref="Add"/>, <see cref="Train"/>,
/// <see cref="Reset"/>, …) must run alone. <see cref="Dispose"/> may be called at any time: calls under way finish first.
/// Flat indexes take vectors as they are, NaN and infinity included, as FAISS does; the others train on and hold finite
/// ones only, since their codes are found by k-means.
/// </remarks>
public abstract unsafe class FaissIndex : IDisposable
{
    private readonly bool _endsProcessInSearch;

    private protected FaissIndex(IndexHandle handle, string? description = null)
    {
        Handle = handle;
        Description = description;
        using var index = handle.Acquire(this);
        Dimension = FaissNative.faiss_Index_d(index.Pointer);
        Metric = (MetricType)FaissNative.faiss_Index_metric_type(index.Pointer);

        // Inverted lists that know only L2 and inner product throw inside a parallel region, which before 1.15.0 ends the process.
        _endsProcessInSearch = Metric is not (MetricType.L2 or MetricType.InnerProduct)
            && (description?.Contains("IVF", StringComparison.Ordinal) == true || IndexStructure.HoldsInvertedLists(index.Pointer))
            && !FaissLibrary.IsAtLeast(1, 15, 0);
    }

    /// <summary>The number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>How vectors are compared.</summary>
    public MetricType Metric { get; }

    /// <summary>The number of vectors held (FAISS: <c>ntotal</c>).</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long Count
    {
        get
        {
            using var index = Handle.Acquire(this);
            return FaissNative.faiss_Index_ntotal(index.Pointer);
        }
    }

    /// <summary>Whether vectors can be added; an index that needs no training always is.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public bool IsTrained
    {
        get
        {
            using var index = Handle.Acquire(this);
            return FaissNative.faiss_Index_is_trained(index.Pointer) != 0;
        }
    }

    internal IndexHandle Handle { get; }

    /// <summary>The factory string it was made from, where it was made from one.</summary>
    internal string? Description { get; }

    /// <summary>Makes an index from a factory string such as <c>IVF256,Flat</c> (FAISS: <c>index_factory</c>).</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="description">The factory string.</param>
    /// <param name="metric">How vectors are compared.</param>
    /// <returns>An empty index of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative, or <paramref name="metric"/> is no metric or <see cref="MetricType.Lp"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="description"/> is empty or longer than 500 characters, holds a zero character, a count of 0, or a graph of one link.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version fails with this kind of index.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    /// <exception cref="FaissException">FAISS does not know the description, or it does not fit the dimension.</exception>
    public static FaissIndex Create(int dimension, string description, MetricType metric = MetricType.L2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        FactoryDescription.Check(description, nameof(description));
        CheckMetric(metric);
        Interop.FaissIndex* created = null;
        fixed (byte* text = Utf8.ZeroTerminated(description, nameof(description)))
        {
            var code = FaissNative.faiss_index_factory(&created, dimension, (sbyte*)text, (FaissMetricType)metric);
            Status.ThrowIfFailed(code, $"'{description}' of dimension {dimension}");
        }

        return Wrap(new IndexHandle(created), description);
    }

    /// <summary>Reads an index from a file that <see cref="Save"/> or any other program with FAISS has written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <returns>The index, of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or is a directory.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    /// <exception cref="FaissException">The file is truncated or holds no index that this FAISS version knows.</exception>
    public static FaissIndex Load(string path, IndexReadOptions options = IndexReadOptions.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);

        // .NET's own exceptions say best why a file cannot be read.
        File.OpenRead(path).Dispose();
        Interop.FaissIndex* read = null;
        fixed (byte* name = Utf8.ZeroTerminated(path, nameof(path)))
        {
            var code = FaissNative.faiss_read_index_fname((sbyte*)name, (int)options, &read);
            Status.ThrowIfFailed(code, $"'{path}' does not hold a whole index that this FAISS reads");
        }

        return Wrap(new IndexHandle(read), description: null);
    }

    /// <summary>Lets the index learn the distribution of the vectors to come.</summary>
    /// <remarks>With fewer than 39 vectors for each list or code FAISS warns on standard error.</remarks>
    /// <param name="vectors">Training vectors, row-major (n × d), at least one.</param>
    /// <exception cref="ArgumentException">The length is 0 or not a multiple of <see cref="Dimension"/>, or a vector is not finite where the index needs it to be.</exception>
    /// <exception cref="FaissException">FAISS refused, for example for want of vectors.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Train(ReadOnlySpan<float> vectors)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        if (count == 0)
        {
            throw new ArgumentException("vectors is empty; training needs at least one vector.", nameof(vectors));
        }

        CheckFinite(vectors);

        fixed (float* x = vectors)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_train(index.Pointer, count, x));
        }
    }

    /// <summary>Adds vectors, numbered on from <see cref="Count"/>.</summary>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a vector is not finite where the index needs it to be.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="FaissException">FAISS refused.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Add(ReadOnlySpan<float> vectors)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        CheckTrained(index.Pointer);
        CheckFinite(vectors);
        if (count == 0)
        {
            return;
        }

        fixed (float* x = vectors)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_add(index.Pointer, count, x));
        }
    }

    /// <summary>Adds vectors under labels of the caller's.</summary>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="ids">Their labels (n), 0 or greater: −1 stands for none in results.</param>
    /// <exception cref="ArgumentException">A length does not fit, or a vector is not finite where the index needs it to be.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is negative.</exception>
    /// <exception cref="NotSupportedException">This kind of index numbers vectors itself.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="FaissException">This kind of index keeps no labels (wrap it: <c>IDMap,Flat</c>).</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void AddWithIds(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        VectorShape.CheckLength(ids.Length, count, nameof(ids));
        CheckIds(ids);
        CheckTrained(index.Pointer);
        CheckFinite(vectors);
        if (count == 0)
        {
            return;
        }

        fixed (float* x = vectors)
        fixed (long* xids = ids)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_add_with_ids(index.Pointer, count, x, xids));
        }
    }

    /// <summary>Finds the k nearest vectors of every query, nearest first; where fewer are found the rest is label −1.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">How many neighbours to find, at least 1.</param>
    /// <param name="distances">Receives the distances (n × k), squared for <see cref="MetricType.L2"/>, or the inner products; with label −1 the largest number, or the least for <see cref="MetricType.InnerProduct"/>.</param>
    /// <param name="labels">Receives the labels (n × k).</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version cannot search this kind of index by this metric.</exception>
    /// <exception cref="FaissException">FAISS refused.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Search(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> labels)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors(queries, Dimension, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        VectorShape.CheckLength(distances.Length, (long)count * k, nameof(distances));
        VectorShape.CheckLength(labels.Length, (long)count * k, nameof(labels));
        CheckSearchable(index.Pointer);

        // Older versions leave labels as they are where nothing was found.
        labels.Fill(-1);
        distances.Fill(Metric == MetricType.InnerProduct ? float.MinValue : float.MaxValue);
        var held = FaissNative.faiss_Index_ntotal(index.Pointer);
        if (k > held)
        {
            SearchAll(index.Pointer, queries, count, (int)held, k, distances, labels);
        }
        else if (count > 0)
        {
            SearchCore(index.Pointer, queries, count, k, distances, labels);
        }

        if (k == 1 && Metric == MetricType.L2)
        {
            DropInfinite(distances, labels);
        }
    }

    /// <summary>Finds the k nearest vectors of every query, nearest first; where fewer are found the rest is label −1.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">How many neighbours to find, at least 1.</param>
    /// <returns>Labels and distances (n × k).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or n × k is too large for an array.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is 0 or negative.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version cannot search this kind of index by this metric.</exception>
    /// <exception cref="FaissException">FAISS refused.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public SearchResult Search(ReadOnlySpan<float> queries, int k)
    {
        var count = VectorShape.CountVectors(queries, Dimension, nameof(queries));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        if ((long)count * k > Array.MaxLength)
        {
            throw new ArgumentException($"{count} queries × {k} neighbours are more than an array holds.", nameof(k));
        }

        var distances = new float[count * k];
        var labels = new long[count * k];
        Search(queries, k, distances, labels);
        return new SearchResult(k, distances, labels);
    }

    /// <summary>Sets a parameter by name, such as <c>nprobe</c>, the lists that a search of inverted lists looks at, or <c>efSearch</c> of HNSW (FAISS: <c>ParameterSpace</c>).</summary>
    /// <param name="name">The parameter's name.</param>
    /// <param name="value">Its value; FAISS cuts fractions off, and takes more lists than there are for all.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is less than 1, or NaN.</exception>
    /// <exception cref="FaissException">This kind of index has no such parameter.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void SetParameter(string name, double value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!(value >= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, $"{name} must be 1 or greater.");
        }

        using var index = Handle.Acquire(this);
        FaissParameterSpace* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_ParameterSpace_new(&created));
        using var handle = new ParameterSpaceHandle(created);
        using var space = handle.Acquire(this);
        fixed (byte* text = Utf8.ZeroTerminated(name, nameof(name)))
        {
            Status.ThrowIfFailed(FaissNative.faiss_ParameterSpace_set_index_parameter(space.Pointer, index.Pointer, (sbyte*)text, value));
        }
    }

    /// <summary>Finds all vectors within a radius of every query: distance below it, or inner product above it.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="radius">The radius, in the unit of <see cref="Metric"/>: a squared distance for <see cref="MetricType.L2"/>.</param>
    /// <returns>The vectors found for each query.</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or <paramref name="radius"/> is NaN.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS version cannot search this kind of index by this metric.</exception>
    /// <exception cref="FaissException">This kind of index has no range search.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors(queries, Dimension, nameof(queries));
        if (float.IsNaN(radius))
        {
            throw new ArgumentException("radius is NaN.", nameof(radius));
        }

        CheckSearchable(index.Pointer);
        if (count == 0 || FaissNative.faiss_Index_ntotal(index.Pointer) == 0)
        {
            return new RangeSearchResult(new int[count + 1], [], []);
        }

        FaissRangeSearchResult* created = null;
        Status.ThrowIfFailed(FaissNative.faiss_RangeSearchResult_new(&created, count));
        using var handle = new RangeSearchResultHandle(created);
        using var result = handle.Acquire(this);
        fixed (float* x = queries)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_range_search(index.Pointer, count, x, radius, result.Pointer));
        }

        return RangeSearchResult.Copy(result.Pointer, count);
    }

    /// <summary>Removes all vectors; what was learnt in training stays.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Reset()
    {
        using var index = Handle.Acquire(this);
        Status.ThrowIfFailed(FaissNative.faiss_Index_reset(index.Pointer));
    }

    /// <summary>Gives back a vector that was added; approximately, where the index compresses.</summary>
    /// <param name="label">The vector's label.</param>
    /// <returns>The vector (d).</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="label"/> is not the label of a vector.</exception>
    /// <exception cref="FaissException">This kind of index cannot, or holds no vector of this label.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public float[] Reconstruct(long label)
    {
        using (var index = Handle.Acquire(this))
        {
            CheckLabel(index.Pointer, label);
        }

        var vector = new float[Dimension];
        Reconstruct(label, vector);
        return vector;
    }

    /// <summary>Gives back a vector that was added; approximately, where the index compresses.</summary>
    /// <param name="label">The vector's label.</param>
    /// <param name="vector">Receives the vector (d).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="label"/> is not the label of a vector.</exception>
    /// <exception cref="ArgumentException"><paramref name="vector"/> is not of length d.</exception>
    /// <exception cref="FaissException">This kind of index cannot, or holds no vector of this label.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Reconstruct(long label, Span<float> vector)
    {
        using var index = Handle.Acquire(this);
        VectorShape.CheckLength(vector.Length, Dimension, nameof(vector));
        CheckLabel(index.Pointer, label);
        fixed (float* v = vector)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_reconstruct(index.Pointer, label, v));
        }
    }

    /// <summary>Writes the index to a file; a reader sees the old file or the whole new one, and a failure leaves the old file whole.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written, or is a directory.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index, or the disk is full.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        AtomicFile.Write(path, temporary => CFile.Write(temporary, stream =>
        {
            using var index = Handle.Acquire(this);
            Status.ThrowIfFailed(FaissNative.faiss_write_index(index.Pointer, (void*)stream));
        }));
    }

    /// <summary>Frees the native index, once calls under way on other threads have finished.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static void CheckMetric(MetricType metric)
    {
        if (!Enum.IsDefined(metric))
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, $"metric is not a {nameof(MetricType)}.");
        }

        if (metric == MetricType.Lp)
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, "Lp needs its exponent p, which FAISS's C API has no function for.");
        }
    }

    /// <summary>Wraps a native index in the most specific type.</summary>
    private static FaissIndex Wrap(IndexHandle handle, string? description)
    {
        using var index = handle.Acquire(handle);
        if (FaissNative.faiss_IndexFlat_cast(index.Pointer) == null)
        {
            return new OtherIndex(handle, description);
        }

        // The factory makes a plain flat index where reading a file makes one of the metric's own type; they are the same.
        return (MetricType)FaissNative.faiss_Index_metric_type(index.Pointer) switch
        {
            MetricType.L2 => new IndexFlatL2(handle),
            MetricType.InnerProduct => new IndexFlatIP(handle),
            _ => new IndexFlat(handle),
        };
    }

    // FAISS takes time and memory for as many neighbours as it is asked for, not for as many as there are.
    private static void SearchAll(Interop.FaissIndex* index, ReadOnlySpan<float> queries, int count, int held, int k, Span<float> distances, Span<long> labels)
    {
        if (count == 0 || held == 0)
        {
            return;
        }

        var (foundDistances, foundLabels) = (new float[count * held], new long[count * held]);
        Array.Fill(foundDistances, distances[0]);
        Array.Fill(foundLabels, -1);
        SearchCore(index, queries, count, held, foundDistances, foundLabels);
        for (var i = 0; i < count; i++)
        {
            foundDistances.AsSpan(i * held, held).CopyTo(distances[(i * k)..]);
            foundLabels.AsSpan(i * held, held).CopyTo(labels[(i * k)..]);
        }
    }

    // Asked for one neighbour, older versions name the first vector where none is near; of several, nothing infinitely far is one.
    private static void DropInfinite(Span<float> distances, Span<long> labels)
    {
        for (var i = 0; i < distances.Length; i++)
        {
            if (float.IsPositiveInfinity(distances[i]))
            {
                (distances[i], labels[i]) = (float.MaxValue, -1);
            }
        }
    }

    private static void SearchCore(Interop.FaissIndex* index, ReadOnlySpan<float> queries, int count, int k, Span<float> distances, Span<long> labels)
    {
        fixed (float* x = queries, distance = distances)
        fixed (long* label = labels)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_search(index, count, x, k, distance, label));
        }
    }

    private static void CheckLabel(Interop.FaissIndex* index, long label)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(label);
        if (!IndexStructure.LooksUpLabels(index))
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(label, FaissNative.faiss_Index_ntotal(index));
        }
    }

    private void CheckSearchable(Interop.FaissIndex* index)
    {
        CheckTrained(index);
        if (_endsProcessInSearch)
        {
            throw new NotSupportedException($"Searching this index by {Metric} needs FAISS 1.15.0 or later; loaded: {FaissLibrary.Info.Version} ({FaissLibrary.Info.Path}).");
        }
    }

    // Encoders that look for the nearest of NaN or of infinities find none, and write where it would be.
    private void CheckFinite(ReadOnlySpan<float> vectors)
    {
        if (this is not IndexFlat)
        {
            VectorValues.CheckFinite(vectors, Dimension, nameof(vectors));
            VectorValues.CheckMagnitude(vectors, Dimension, Math.Max(1, vectors.Length / Dimension), nameof(vectors));
        }
    }

    private void CheckIds(ReadOnlySpan<long> ids)
    {
        if (Description is not null && FactoryDescription.NumbersVectorsItself(Description))
        {
            throw new NotSupportedException($"An index of '{Description}' numbers vectors itself: it refines by position.");
        }

        foreach (var id in ids)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
        }
    }

    private void CheckTrained(Interop.FaissIndex* index)
    {
        if (FaissNative.faiss_Index_is_trained(index) == 0)
        {
            throw new InvalidOperationException($"This {GetType().Name} (dimension {Dimension}) is not trained: call {nameof(Train)} first.");
        }
    }
}
