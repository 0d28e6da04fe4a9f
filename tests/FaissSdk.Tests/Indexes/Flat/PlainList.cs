namespace FaissSdk.Tests.Indexes;

/// <summary>Searches a list of vectors in the plainest way: all distances, sorted by distance and id.</summary>
internal sealed class PlainList(FlatCase of)
{
    private List<(long Id, float[] Vector)> _vectors = [];
    private Dictionary<long, float[]>? _byId;

    public int Count => _vectors.Count;

    public void Add(float[] vectors, long[]? ids)
    {
        _byId = null;
        var stored = of.Normalizes ? VectorMath.Normalized(vectors, of.Dimension) : vectors;
        for (var i = 0; i < vectors.Length / of.Dimension; i++)
        {
            var vector = stored.AsSpan(i * of.Dimension, of.Dimension).ToArray();
            _vectors.Add((ids?[i] ?? _vectors.Count, of.Storage == VectorStorage.Half ? Array.ConvertAll(vector, component => (float)(Half)component) : vector));
        }
    }

    public long Remove(Predicate<long> selects, bool renumbers)
    {
        _byId = null;
        var removed = _vectors.RemoveAll(pair => selects(pair.Id));
        if (renumbers)
        {
            _vectors = [.. _vectors.Select((pair, i) => ((long)i, pair.Vector))];
        }

        return removed;
    }

    public float[] this[long id] => (_byId ??= _vectors.ToDictionary(pair => pair.Id, pair => pair.Vector))[id];

    public IEnumerable<long> Ids => _vectors.Select(pair => pair.Id);

    /// <summary>Returns all vectors that a filter contains with their distances to a query, nearest first.</summary>
    public (long Id, float Distance)[] Search(ReadOnlySpan<float> query, IdFilter? filter)
    {
        var x = of.Normalizes ? VectorMath.Normalized(query, of.Dimension) : query.ToArray();
        var found = _vectors.Where(pair => filter?.Contains(pair.Id) ?? true).Select(pair => (pair.Id, Distance: DistanceOf(x, pair.Vector)));
        return [.. of.Metric == MetricType.L2 ? found.OrderBy(pair => pair.Distance).ThenBy(pair => pair.Id) : found.OrderByDescending(pair => pair.Distance).ThenBy(pair => pair.Id)];
    }

    // In the order that ExactDistance documents: 32 lanes, their sums in pairs, then what is left.
    private float DistanceOf(float[] x, float[] c)
    {
        Span<float> lanes = stackalloc float[32];
        lanes.Clear();
        var whole = x.Length / 32 * 32;
        for (var j = 0; j < whole; j++)
        {
            lanes[j % 32] += TermOf(x[j], c[j]);
        }

        Span<float> sums = stackalloc float[8];
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = (lanes[i] + lanes[i + 8]) + (lanes[i + 16] + lanes[i + 24]);
        }

        for (var i = 0; i < 4; i++)
        {
            sums[i] += sums[i + 4];
        }

        var sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
        for (var j = whole; j < x.Length; j++)
        {
            sum += TermOf(x[j], c[j]);
        }

        return sum;
    }

    private float TermOf(float x, float c) => of.Metric == MetricType.L2 ? (x - c) * (x - c) : x * c;
}
