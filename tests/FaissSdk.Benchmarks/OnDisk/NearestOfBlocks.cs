namespace FaissSdk.Benchmarks;

/// <summary>Finds the exact neighbors of queries among vectors that come in blocks.</summary>
internal sealed class NearestOfBlocks
{
    private readonly float[] _queries;
    private readonly int _dimension;
    private readonly int _k;
    private readonly float[] _distances;

    public NearestOfBlocks(float[] queries, int dimension, int k)
    {
        (_queries, _dimension, _k) = (queries, dimension, k);
        Ids = new long[queries.Length / dimension * k];
        _distances = new float[Ids.Length];
        Array.Fill(Ids, -1);
        Array.Fill(_distances, float.MaxValue);
    }

    /// <summary>Gets the ids of the nearest so far (n × k).</summary>
    public long[] Ids { get; }

    public void Add(float[] vectors, long firstId)
    {
        using var block = new IndexFlatL2(_dimension);
        block.Add(vectors);
        var found = block.Search(_queries, _k);
        for (var row = 0; row < Ids.Length; row += _k)
        {
            var nearest = Enumerable.Range(row, _k)
                .SelectMany(i => ((float Distance, long Id)[])[(_distances[i], Ids[i]), (found.Distances[i], found.Ids[i] + firstId)])
                .OrderBy(pair => pair)
                .Take(_k)
                .ToArray();
            for (var i = 0; i < _k; i++)
            {
                (_distances[row + i], Ids[row + i]) = nearest[i];
            }
        }
    }
}
