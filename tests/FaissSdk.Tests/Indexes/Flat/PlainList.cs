namespace FaissSdk.Tests.Indexes;

/// <summary>Searches a list of vectors in the plainest way: all distances, sorted by distance and id.</summary>
internal sealed class PlainList(FlatCase of)
{
    private List<(long Id, float[] Vector)> _vectors = [];

    public int Count => _vectors.Count;

    public void Add(float[] vectors, long[]? ids)
    {
        var stored = of.Normalizes ? VectorMath.Normalized(vectors, of.Dimension) : vectors;
        for (var i = 0; i < vectors.Length / of.Dimension; i++)
        {
            var vector = stored.AsSpan(i * of.Dimension, of.Dimension).ToArray();
            _vectors.Add((ids?[i] ?? _vectors.Count, of.Storage == VectorStorage.Half ? Array.ConvertAll(vector, component => (float)(Half)component) : vector));
        }
    }

    public long Remove(Predicate<long> selects, bool renumbers)
    {
        var removed = _vectors.RemoveAll(pair => selects(pair.Id));
        if (renumbers)
        {
            _vectors = [.. _vectors.Select((pair, i) => ((long)i, pair.Vector))];
        }

        return removed;
    }

    public float[] this[long id] => _vectors.Single(pair => pair.Id == id).Vector;

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
        var lanes = new float[32];
        var whole = x.Length / 32 * 32;
        for (var j = 0; j < whole; j++)
        {
            lanes[j % 32] += TermOf(x[j], c[j]);
        }

        var sums = Enumerable.Range(0, 8).Select(i => (lanes[i] + lanes[i + 8]) + (lanes[i + 16] + lanes[i + 24])).ToArray();
        var half = Enumerable.Range(0, 4).Select(i => sums[i] + sums[i + 4]).ToArray();
        var sum = (half[0] + half[2]) + (half[1] + half[3]);
        for (var j = whole; j < x.Length; j++)
        {
            sum += TermOf(x[j], c[j]);
        }

        return sum;
    }

    private float TermOf(float x, float c) => of.Metric == MetricType.L2 ? (x - c) * (x - c) : x * c;
}
