using System.Runtime.CompilerServices;

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

/// <summary>Adds up what an iteration needs of each cluster beside the points themselves, in the order of the points: sizes, weights, squared distances, and the objective.</summary>
internal sealed unsafe class ClusterTally(int clusters)
{
    private readonly int[] _counts = new int[clusters];
    private readonly double[] _squares = new double[clusters];
    private double[]? _weights;
    private float _singleObjective;
    private double _objective;

    /// <summary>Gets the number of points of each cluster (k).</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <summary>Gets the sum of the squared distances to the centroid, for each cluster (k), without weights.</summary>
    public ReadOnlySpan<double> Squares => _squares;

    /// <summary>Gets the objective without weights, added up in single precision as in FAISS.</summary>
    public float SingleObjective => _singleObjective;

    /// <summary>Gets the weighted objective, added up in double precision.</summary>
    public double Objective => _objective;

    /// <summary>Starts a new iteration.</summary>
    /// <param name="isWeighted">Whether the points have weights.</param>
    public void Clear(bool isWeighted)
    {
        Array.Clear(_counts);
        Array.Clear(_squares);
        _weights = isWeighted ? new double[clusters] : null;
        (_singleObjective, _objective) = (0, 0);
    }

    /// <summary>Returns the weights of the clusters (k), or their sizes without weights.</summary>
    public double[] CopySizes() => _weights is null ? Array.ConvertAll(_counts, count => (double)count) : (double[])_weights.Clone();

    /// <summary>Adds a block of assigned points; the blocks must follow each other in the order of the points.</summary>
    /// <param name="labels">The clusters of the points (n).</param>
    /// <param name="distances">The squared distances (spherical: inner products) of the points (n).</param>
    /// <param name="norms">The |x|² of the points (n), or null if not spherical.</param>
    /// <param name="weights">The weights of the points (n), or null.</param>
    /// <param name="start">The first point of the block.</param>
    /// <param name="end">The exclusive end of the block.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int* labels, float* distances, float* norms, float* weights, int start, int end)
    {
        var (singleObjective, objective) = (_singleObjective, _objective);
        fixed (int* counts = _counts)
        fixed (double* squares = _squares, sums = _weights)
        {
            for (var i = start; i < end; i++)
            {
                var (label, distance) = (labels[i], distances[i]);
                counts[label]++;
                squares[label] += norms == null ? distance : norms[i] + 1.0 - (2.0 * distance);
                if (weights == null)
                {
                    singleObjective += distance;
                    objective += distance;
                }
                else
                {
                    sums[label] += weights[i];
                    objective += (double)weights[i] * distance;
                }
            }
        }

        (_singleObjective, _objective) = (singleObjective, objective);
    }
}
