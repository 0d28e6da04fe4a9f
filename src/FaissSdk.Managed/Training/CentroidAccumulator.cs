namespace FaissSdk;

/// <summary>Adds up points by cluster, block after block while the points are in a cache, in the order of the points.</summary>
/// <remarks><see cref="CentroidMeans"/> adds up all points at once, with components or clusters of its own for each thread. The order of additions, and so every bit, is the same for both and for any number of threads.</remarks>
internal sealed unsafe class CentroidAccumulator(int clusters, int dimension)
{
    private float[]? _single;
    private double[]? _double;

    /// <summary>Gets the sizes of the clusters and the objective.</summary>
    public ClusterTally Tally { get; } = new(clusters);

    /// <summary>Gets a value indicating whether points are added up in double precision.</summary>
    public bool IsDouble { get; private set; }

    /// <summary>Gets the sums in single precision (k × d).</summary>
    public float[] SingleSums => _single ??= new float[clusters * dimension];

    /// <summary>Gets the sums in double precision (k × d).</summary>
    public double[] DoubleSums => _double ??= new double[clusters * dimension];

    /// <summary>Starts a new iteration.</summary>
    /// <param name="isDouble">Whether to add up in double precision.</param>
    /// <param name="isWeighted">Whether the points have weights.</param>
    public void Clear(bool isDouble, bool isWeighted)
    {
        IsDouble = isDouble;
        Array.Clear(isDouble ? DoubleSums : SingleSums);
        Tally.Clear(isWeighted);
    }

    /// <summary>Adds a block of assigned points; the blocks must follow each other in the order of the points.</summary>
    /// <param name="buffers">The arguments and results of the search.</param>
    /// <param name="startPoint">The first point of the block.</param>
    /// <param name="endPoint">The exclusive end of the block.</param>
    public void Add(SearchBuffers buffers, int startPoint, int endPoint)
    {
        if (IsDouble)
        {
            fixed (double* sums = DoubleSums)
            {
                PointSums.AddDouble(buffers.Points, buffers.Weights, buffers.Labels, null, startPoint, endPoint, dimension, 0, dimension, 0, clusters, sums);
            }
        }
        else
        {
            fixed (float* sums = SingleSums)
            {
                PointSums.AddSingle(buffers.Points, buffers.Weights, buffers.Labels, startPoint, endPoint, dimension, 0, dimension, 0, clusters, sums);
            }
        }

        Tally.Add(buffers.Labels, buffers.Distances, buffers.Spherical ? buffers.Norms : null, buffers.Weights, startPoint, endPoint);
    }
}
