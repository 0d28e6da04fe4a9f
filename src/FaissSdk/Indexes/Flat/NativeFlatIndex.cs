namespace FaissSdk;

/// <summary>Represents an exact index of FAISS with the checks of <see cref="ManagedFlatIndex"/>: a flat index or a scalar quantizer, in an ID map once vectors have ids of their own.</summary>
internal sealed class NativeFlatIndex : IFlatIndex
{
    private readonly CallGuard _guard;
    private readonly VectorStore _rules;
    private FaissIndex _index;
    private RowIds? _ids;

    // The first ids put an ID map around the index, which cannot be asked meanwhile.
    private long _count;

    public NativeFlatIndex(int dimension, MetricType metric, VectorStorage storage, bool normalizes)
    {
        (Metric, Normalizes, _rules, _guard) = (metric, normalizes, new VectorStore(dimension, storage), new CallGuard(this, Free));
        _index = storage == VectorStorage.Half ? new IndexScalarQuantizer(dimension, ScalarQuantizerType.Float16, metric)
            : metric == MetricType.InnerProduct ? new IndexFlatIP(dimension)
            : new IndexFlatL2(dimension);
    }

    public int Dimension => _rules.Dimension;

    public long Count
    {
        get
        {
            _guard.ThrowIfDisposed();
            return Volatile.Read(ref _count);
        }
    }

    public MetricType Metric { get; }

    public bool Normalizes { get; }

    public VectorStorage Storage => _rules.Storage;

    public void Add(ReadOnlySpan<float> vectors) => Add(vectors, ids: default, hasIds: false);

    public void AddWithIds(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids) => Add(vectors, ids, hasIds: true);

    public long Remove(params ReadOnlySpan<long> ids) => Remove(IdFilter.FromIds(ids));

    public long Remove(IdFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        _guard.BeginChange(nameof(Remove));
        try
        {
            // The filter may throw, which must not happen while FAISS removes vectors.
            var removed = new bool[_index.Count];
            var ids = new List<long>();
            for (var row = 0; row < removed.Length; row++)
            {
                var id = _ids is null ? row : _ids[row];
                if (removed[row] = filter.Contains(id))
                {
                    ids.Add(id);
                }
            }

            if (ids.Count == 0)
            {
                return 0;
            }

            using var selector = new IDSelectorBatch(ids);
            var count = _index.Remove(selector);
            Volatile.Write(ref _count, _index.Count);
            _ids?.Remove(removed);
            return count;
        }
        finally
        {
            _guard.EndChange();
        }
    }

    public SearchResult Search(ReadOnlySpan<float> queries, int k, IdFilter? filter = null)
    {
        var size = VectorShape.ResultLength(queries, Dimension, k, nameof(queries));
        var (distances, ids) = (new float[size], new long[size]);
        Search(queries, k, distances, ids, filter);
        return new SearchResult(k, distances, ids);
    }

    public void Search(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, IdFilter? filter = null)
    {
        FlatChecks.Search(queries, Dimension, Normalizes, k, distances, ids);
        _guard.BeginRead(nameof(Search));
        try
        {
            var compared = Normalizes ? VectorMath.Normalized(queries, Dimension) : queries;
            if (filter is null)
            {
                _index.Search(compared, k, distances, ids);
                return;
            }

            using var selector = IDSelector.Create(filter);
            using var parameters = _index.Select(selector);
            _index.Search(compared, k, parameters, distances, ids);
        }
        finally
        {
            _guard.EndRead();
        }
    }

    public RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius, IdFilter? filter = null)
    {
        FlatChecks.RangeSearch(queries, Dimension, Normalizes, Metric, radius);
        _guard.BeginRead(nameof(RangeSearch));
        try
        {
            var compared = Normalizes ? VectorMath.Normalized(queries, Dimension) : queries;
            return filter is null ? _index.RangeSearch(compared, radius) : _index.RangeSearch(compared, radius, filter);
        }
        finally
        {
            _guard.EndRead();
        }
    }

    public float[] Reconstruct(long id)
    {
        var vector = new float[Dimension];
        Reconstruct(id, vector);
        return vector;
    }

    public void Reconstruct(long id, Span<float> vector)
    {
        VectorShape.CheckLength(vector.Length, Dimension, nameof(vector));
        _guard.BeginRead(nameof(Reconstruct));
        try
        {
            FlatChecks.Row(id, _ids, _index.Count);
            _index.Reconstruct(id, vector);
        }
        finally
        {
            _guard.EndRead();
        }
    }

    public void Save(string path)
    {
        _guard.BeginRead(nameof(Save));
        try
        {
            _index.Save(path);
        }
        finally
        {
            _guard.EndRead();
        }
    }

    public void Save(Stream stream)
    {
        _guard.BeginRead(nameof(Save));
        try
        {
            _index.Save(stream);
        }
        finally
        {
            _guard.EndRead();
        }
    }

    public void Dispose() => _guard.Dispose();

    private void Free() => _index.Dispose();

    private void Add(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, bool hasIds)
    {
        var count = FlatChecks.Addition(vectors, Dimension, ids, hasIds);
        _guard.BeginChange(hasIds ? nameof(AddWithIds) : nameof(Add));
        try
        {
            FlatChecks.Ids(_index.Count, _ids, ids, hasIds);
            var stored = Normalizes ? VectorMath.Normalized(vectors, Dimension) : vectors;
            _rules.Check(stored, nameof(vectors));
            if (count == 0)
            {
                return;
            }

            if (!hasIds)
            {
                _index.Add(stored);
                Volatile.Write(ref _count, _index.Count);
                return;
            }

            // Before the vectors are added, so that they get their ids.
            var held = _ids ?? new RowIds();
            held.EnsureCapacity(count);
            if (_ids is null)
            {
                _index = new IndexIDMap2(_index, takeOwnership: true);
                _ids = held;
            }

            _index.AddWithIds(stored, ids);
            _ids.Append(ids);
            Volatile.Write(ref _count, _index.Count);
        }
        finally
        {
            _guard.EndChange();
        }
    }
}
