using System.Runtime.CompilerServices;

namespace FaissSdk;

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
