using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Adds up points by cluster, block after block while the points are in a cache, in the order of the points.</summary>
/// <remarks>With many threads for few clusters, it adds up all points of a search at once, with components or clusters of its own for each thread. The order of additions, and so every bit, is the same for both and for any number of threads.</remarks>
internal sealed unsafe class CentroidAccumulator(int clusters, int dimension)
{
    // Adding up a point takes about as long as comparing it with 8 centroids; the rest is a reserve for bounds, which skip most centroids.
    private const int ClustersPerThread = 32;

    private float[]? _single;
    private double[]? _double;

    /// <summary>Gets the sizes of the clusters and the objective.</summary>
    public ClusterTally Tally { get; } = new(clusters);

    /// <summary>Gets a value indicating whether points are added up in single precision.</summary>
    public bool HasSingle { get; private set; }

    /// <summary>Gets a value indicating whether points are added up in double precision.</summary>
    public bool HasDouble { get; private set; }

    /// <summary>Gets the sums in single precision (k × d).</summary>
    public float[] SingleSums => _single ??= new float[clusters * dimension];

    /// <summary>Gets the sums in double precision (k × d).</summary>
    public double[] DoubleSums => _double ??= new double[clusters * dimension];

    /// <summary>Determines whether points are added up block by block while they are searched. One thread at a time adds, in the order of the points: with more threads, the others would wait for it.</summary>
    public bool AddsInSearch(int threads) => threads <= Math.Max(1, clusters / ClustersPerThread);

    /// <summary>Starts a new iteration.</summary>
    /// <param name="isDouble">Whether to add up in double precision instead of single precision.</param>
    /// <param name="isWeighted">Whether the points have weights.</param>
    public void Clear(bool isDouble, bool isWeighted) => Clear(hasSingle: !isDouble, hasDouble: isDouble, isWeighted);

    /// <summary>Starts a new iteration.</summary>
    /// <param name="hasSingle">Whether to add up in single precision.</param>
    /// <param name="hasDouble">Whether to add up in double precision.</param>
    /// <param name="isWeighted">Whether the points have weights.</param>
    public void Clear(bool hasSingle, bool hasDouble, bool isWeighted)
    {
        (HasSingle, HasDouble) = (hasSingle, hasDouble);
        if (hasSingle)
        {
            Array.Clear(SingleSums);
        }

        if (hasDouble)
        {
            Array.Clear(DoubleSums);
        }

        Tally.Clear(isWeighted);
    }

    /// <summary>Adds a block of assigned points; the blocks must follow each other in the order of the points.</summary>
    /// <param name="buffers">The arguments and results of the search.</param>
    /// <param name="startPoint">The first point of the block.</param>
    /// <param name="endPoint">The exclusive end of the block.</param>
    public void Add(SearchBuffers buffers, int startPoint, int endPoint)
    {
        if (HasDouble)
        {
            fixed (double* sums = DoubleSums)
            {
                PointSums.AddDouble(buffers.Points, buffers.Weights, buffers.Labels, null, startPoint, endPoint, dimension, 0, dimension, 0, clusters, sums);
            }
        }

        if (HasSingle)
        {
            fixed (float* sums = SingleSums)
            {
                PointSums.AddSingle(buffers.Points, buffers.Weights, buffers.Labels, startPoint, endPoint, dimension, 0, dimension, 0, clusters, sums);
            }
        }

        Tally.Add(buffers.Labels, buffers.Distances, buffers.Spherical ? buffers.Norms : null, buffers.Weights, startPoint, endPoint);
    }

    /// <summary>Adds all points of a search with several threads.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="weights">The weights of the points (n), or empty.</param>
    /// <param name="norms">The |x|² of the points (n); not read unless spherical.</param>
    /// <param name="labels">The clusters of the points (n).</param>
    /// <param name="distances">The squared distances (spherical: inner products) of the points (n).</param>
    /// <param name="spherical">Whether distances are inner products.</param>
    /// <param name="threads">The maximum number of threads.</param>
    public void AddInParallel(
        ReadOnlySpan<float> points, ReadOnlySpan<float> weights, ReadOnlySpan<float> norms, ReadOnlySpan<int> labels, ReadOnlySpan<float> distances, bool spherical, int threads)
    {
        fixed (float* x = points, weight = weights, norm = norms, distance = distances)
        fixed (int* label = labels)
        {
            AddInParallel(new SearchBuffers { Points = x, Weights = weight, Norms = norm, Labels = label, Distances = distance, Count = labels.Length, Spherical = spherical }, threads);
        }
    }

    /// <summary>Adds the points of a search with several threads, each with components or clusters of its own; the blocks must follow each other in the order of the points.</summary>
    public void AddInParallel(SearchBuffers buffers, int threads)
    {
        var parts = new SumParts((long)buffers.Count * dimension, dimension, clusters, threads);
        var (single, twice) = (HasSingle ? SingleSums : null, HasDouble ? DoubleSums : null);
        ParallelBlocks.For(
            parts.Count,
            parts.Threads,
            part =>
            {
                var (startComponent, endComponent, startCluster, endCluster) = parts[part];
                fixed (double* sums = twice)
                {
                    if (sums != null)
                    {
                        PointSums.AddDouble(buffers.Points, buffers.Weights, buffers.Labels, null, 0, buffers.Count, dimension, startComponent, endComponent, startCluster, endCluster, sums);
                    }
                }

                fixed (float* sums = single)
                {
                    if (sums != null)
                    {
                        PointSums.AddSingle(buffers.Points, buffers.Weights, buffers.Labels, 0, buffers.Count, dimension, startComponent, endComponent, startCluster, endCluster, sums);
                    }
                }
            },
            CancellationToken.None);
        Tally.Add(buffers.Labels, buffers.Distances, buffers.Spherical ? buffers.Norms : null, buffers.Weights, 0, buffers.Count);
    }

    /// <summary>Takes the sums of some clusters, which were added up elsewhere.</summary>
    public void Take(KMeansSums sums)
    {
        sums.Single?.CopyTo(SingleSums, sums.StartCluster * dimension);
        sums.Double?.CopyTo(DoubleSums, sums.StartCluster * dimension);
        Tally.Take(sums);
    }

    /// <summary>Writes the sums, the sizes and the objective.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write(HasSingle);
        writer.Write(HasDouble);
        if (HasSingle)
        {
            writer.Write<float>(SingleSums);
        }

        if (HasDouble)
        {
            writer.Write<double>(DoubleSums);
        }

        Tally.Save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> has written.</summary>
    public void Load(ref StateReader reader)
    {
        (HasSingle, HasDouble) = (reader.ReadBoolean(), reader.ReadBoolean());
        if (HasSingle)
        {
            reader.Read<float>(SingleSums);
        }

        if (HasDouble)
        {
            reader.Read<double>(DoubleSums);
        }

        Tally.Load(ref reader);
    }
}

/// <summary>Adds up what an iteration needs of each cluster beside the points themselves, in the order of the points: sizes, weights, squared distances, and the objective.</summary>
internal sealed unsafe class ClusterTally(int clusters)
{
    private readonly long[] _counts = new long[clusters];
    private readonly double[] _squares = new double[clusters];
    private double[]? _weights;
    private float _singleObjective;
    private double _objective;

    /// <summary>Gets the number of points of each cluster (k).</summary>
    public ReadOnlySpan<long> Counts => _counts;

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
        fixed (long* counts = _counts)
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

    /// <summary>Takes the sizes of some clusters, which were added up elsewhere, and the objective with the first of them.</summary>
    public void Take(KMeansSums sums)
    {
        sums.Counts.CopyTo(_counts, sums.StartCluster);
        sums.Squares.CopyTo(_squares, sums.StartCluster);
        if (_weights is not null)
        {
            sums.Weights!.CopyTo(_weights, sums.StartCluster);
        }

        if (sums.StartCluster == 0)
        {
            (_singleObjective, _objective) = (sums.SingleObjective, sums.Objective);
        }
    }

    /// <summary>Starts a new objective, and keeps the sizes.</summary>
    public void ClearObjective() => (_singleObjective, _objective) = (0, 0);

    /// <summary>Writes the sizes, the squared distances and the objective.</summary>
    public void Save(StateWriter writer)
    {
        writer.Write<long>(_counts);
        writer.Write<double>(_squares);
        writer.Write(_weights is not null);
        if (_weights is not null)
        {
            writer.Write<double>(_weights);
        }

        writer.Write(_singleObjective);
        writer.Write(_objective);
    }

    /// <summary>Reads what <see cref="Save"/> has written.</summary>
    public void Load(ref StateReader reader)
    {
        reader.Read<long>(_counts);
        reader.Read<double>(_squares);
        if (reader.ReadBoolean())
        {
            _weights = new double[clusters];
            reader.Read<double>(_weights);
        }

        _singleObjective = reader.ReadSingle();
        _objective = reader.ReadDouble();
    }
}
