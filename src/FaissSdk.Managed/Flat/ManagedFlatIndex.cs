namespace FaissSdk;

/// <summary>Represents an index that stores vectors and compares every query with all of them in managed code: exact search without the native library.</summary>
/// <remarks>
/// Distances are computed directly, Σ (xᵢ − cᵢ)² or Σ xᵢ·cᵢ in single precision, in an order that does not depend on the number of queries, the threads or the processor;
/// faster scores only exclude vectors that cannot be among the nearest. Of equal distances the lowest id comes first. Results are those of FAISS's <c>IndexFlat</c> up to rounding.
/// </remarks>
public sealed partial class ManagedFlatIndex : IFlatIndex
{
    private readonly CallGuard _guard;
    private VectorStore _store;
    private RowIds? _ids;
    private FlatSearch? _spare;

    /// <summary>Initializes a new instance without vectors.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="metric">The metric: <see cref="MetricType.L2"/> or <see cref="MetricType.InnerProduct"/>.</param>
    /// <param name="storage">How components are stored.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0, negative or greater than 131,072, <paramref name="metric"/> is another one, or <paramref name="storage"/> is none.</exception>
    public ManagedFlatIndex(int dimension, MetricType metric = MetricType.L2, VectorStorage storage = VectorStorage.Unchanged)
        : this(dimension, metric, storage, normalizes: false)
    {
    }

    private ManagedFlatIndex(int dimension, MetricType metric, VectorStorage storage, bool normalizes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, FlatFile.MaxDimension);
        if (metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, $"metric is {metric}; {nameof(ManagedFlatIndex)} compares by {nameof(MetricType.L2)} and {nameof(MetricType.InnerProduct)}, and FAISS's IndexFlat by the others.");
        }

        if (!Enum.IsDefined(storage))
        {
            throw new ArgumentOutOfRangeException(nameof(storage), storage, $"storage is not a {nameof(VectorStorage)}.");
        }

        if (normalizes && storage == VectorStorage.Byte)
        {
            throw new ArgumentOutOfRangeException(nameof(storage), storage, $"storage is {nameof(VectorStorage.Byte)}, which holds integers; vectors of length 1 have other components. Use {nameof(VectorStorage.Half)}.");
        }

        (Metric, Normalizes) = (metric, normalizes);
        _store = new VectorStore(dimension, storage);
        _guard = new CallGuard(this, Free);
    }

    /// <inheritdoc/>
    public int Dimension => _store.Dimension;

    /// <inheritdoc/>
    public long Count => _store.Count;

    /// <inheritdoc/>
    public MetricType Metric { get; }

    /// <inheritdoc/>
    public bool Normalizes { get; }

    /// <inheritdoc/>
    public VectorStorage Storage => _store.Storage;

    /// <summary>Gets or sets the maximum number of threads of a search, or −1 for the number of processors.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is 0 or less than −1.</exception>
    public int MaxDegreeOfParallelism
    {
        get;
        set
        {
            if (value is 0 or < -1)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, $"value is {value}; it must be 1 or greater, or -1 for the number of processors.");
            }

            field = value;
        }
    } = -1;

    /// <summary>Creates an index that compares by cosine: it scales vectors and queries to length 1, and compares them by inner product.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="storage">How components are stored: <see cref="VectorStorage.Unchanged"/> or <see cref="VectorStorage.Half"/>.</param>
    /// <returns>The index.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0, negative or greater than 131,072, or <paramref name="storage"/> is another one.</exception>
    public static ManagedFlatIndex CreateCosine(int dimension, VectorStorage storage = VectorStorage.Unchanged) => new(dimension, MetricType.InnerProduct, storage, normalizes: true);

    /// <inheritdoc/>
    public long Remove(params ReadOnlySpan<long> ids) => Remove(IdFilter.FromIds(ids));

    /// <inheritdoc/>
    public long Remove(IdFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        _guard.BeginChange(nameof(Remove));
        try
        {
            var removed = new bool[_store.Count];
            var count = 0L;
            for (var row = 0; row < removed.Length; row++)
            {
                removed[row] = filter.Contains(_ids is null ? row : _ids[row]);
                count += removed[row] ? 1 : 0;
            }

            _store.Remove(removed);
            _ids?.Remove(removed);
            return count;
        }
        finally
        {
            _guard.EndChange();
        }
    }

    /// <inheritdoc/>
    public float[] Reconstruct(long id)
    {
        var vector = new float[Dimension];
        Reconstruct(id, vector);
        return vector;
    }

    /// <inheritdoc/>
    public void Reconstruct(long id, Span<float> vector)
    {
        VectorShape.CheckLength(vector.Length, Dimension, nameof(vector));
        _guard.BeginRead(nameof(Reconstruct));
        try
        {
            _store.Decode(FlatChecks.Row(id, _ids, _store.Count), 1, vector);
        }
        finally
        {
            _guard.EndRead();
        }
    }

    /// <summary>Frees the vectors, once calls under way have finished.</summary>
    public void Dispose() => _guard.Dispose();

    private void Free() => (_store, _ids, _spare) = (new VectorStore(Dimension, Storage), null, null);
}
