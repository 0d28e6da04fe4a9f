namespace FaissSdk;

/// <summary>What an iteration adds up over all points, in their order: the sum and the weight of every cluster, and the objective.</summary>
internal sealed unsafe class ClusterSums(int clusters, int dimension)
{
    private readonly float[] _sums = new float[clusters * dimension];
    private readonly int[] _counts = new int[clusters];
    private readonly float[] _weights = new float[clusters];
    private bool _isWeighted;

    /// <summary>Σ of the distances, or inner products, of the points to their centroids.</summary>
    public float Objective { get; private set; }

    public void Clear()
    {
        Array.Clear(_sums);
        Array.Clear(_counts);
        Array.Clear(_weights);
        Objective = 0;
    }

    /// <summary>Adds points that were assigned; each call takes those that follow the points of the call before.</summary>
    /// <param name="points">n × d.</param>
    /// <param name="weights">n, or null.</param>
    /// <param name="labels">n.</param>
    /// <param name="distances">n.</param>
    /// <param name="from">The first point.</param>
    /// <param name="to">The first point no more.</param>
    public void Add(float* points, float* weights, int* labels, float* distances, int from, int to)
    {
        fixed (float* sums = _sums)
        {
            CentroidUpdate.Add(points, weights, labels, from, to, dimension, 0, dimension, 0, clusters, sums);
        }

        _isWeighted = weights != null;
        var objective = Objective;
        for (var i = from; i < to; i++)
        {
            objective += distances[i];
            if (_isWeighted)
            {
                _weights[labels[i]] += weights[i];
            }
            else
            {
                _counts[labels[i]]++;
            }
        }

        Objective = objective;
    }

    /// <summary>Replaces the centroids (k × d) by the means; a cluster without weight becomes zero.</summary>
    /// <returns>The weights of the clusters (k): without weights, their sizes.</returns>
    public float[] Means(float[] centroids)
    {
        var sizes = _isWeighted ? (float[])_weights.Clone() : Array.ConvertAll(_counts, count => (float)count);
        _sums.CopyTo(centroids, 0);
        CentroidUpdate.Divide(centroids, sizes);
        return sizes;
    }
}
