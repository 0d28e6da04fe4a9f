namespace FaissSdk.Tests.KMeansTests;

/// <summary>Parts of a k-means in one process, with sums that go through them as bytes, a block of clusters at a time.</summary>
internal sealed class OneMachineParts(IReadOnlyList<float[]> parts, int dimension, IReadOnlyList<int> clusterCuts) : KMeansParts(dimension, parts.Sum(part => (long)part.Length / Math.Max(1, dimension)))
{
    private readonly KMeansPart[] _parts = [.. parts.Select(points => new KMeansPart(points, dimension))];

    public override string Identity => string.Join(",", parts.Select(part => part.Length));

    /// <summary>Gets or sets what happens before an iteration.</summary>
    public Action? Summing { get; set; }

    public override Task<double> GetMaxSquaredLengthAsync(CancellationToken cancellationToken) => Task.FromResult(_parts.Max(part => part.MaxSquaredLength));

    public override Task<float[]> CopyPointsAsync(ReadOnlyMemory<int> rows, CancellationToken cancellationToken)
    {
        float[] all = [.. parts.SelectMany(part => part)];
        return Task.FromResult<float[]>([.. rows.ToArray().SelectMany(row => all[(row * Dimension)..((row + 1) * Dimension)])]);
    }

    public override Task SetWeightsAsync(ReadOnlyMemory<float> weights, CancellationToken cancellationToken)
    {
        var start = 0;
        foreach (var part in _parts)
        {
            part.SetWeights(weights.IsEmpty ? [] : weights.Span.Slice(start, part.Count));
            start += part.Count;
        }

        return Task.CompletedTask;
    }

    public override Task<IReadOnlyList<KMeansSums>> SumAsync(ReadOnlyMemory<float> centroids, bool isWeighted, KMeansOptions options, CancellationToken cancellationToken)
    {
        Summing?.Invoke();
        foreach (var part in _parts)
        {
            part.Assign(centroids.Span, options, cancellationToken);
        }

        int[] cuts = [0, .. clusterCuts.Where(cut => cut > 0 && cut < centroids.Length / Dimension).Distinct().Order(), centroids.Length / Dimension];
        var blocks = new List<KMeansSums>();
        foreach (var (start, end) in cuts.Zip(cuts.Skip(1)))
        {
            var sums = new KMeansSums(start, end, Dimension, isWeighted, options);
            foreach (var part in _parts)
            {
                part.AddTo(sums);
                sums = KMeansSums.Import(sums.Export());
            }

            blocks.Add(sums);
        }

        blocks.Reverse();
        return Task.FromResult<IReadOnlyList<KMeansSums>>(blocks);
    }
}

/// <summary>Parts that have only a number of points.</summary>
internal sealed class CountedParts(long count, int dimension = 1) : KMeansParts(dimension, count)
{
    public override string Identity => "";

    public override Task<double> GetMaxSquaredLengthAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task<float[]> CopyPointsAsync(ReadOnlyMemory<int> rows, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task SetWeightsAsync(ReadOnlyMemory<float> weights, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task<IReadOnlyList<KMeansSums>> SumAsync(ReadOnlyMemory<float> centroids, bool isWeighted, KMeansOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();
}
