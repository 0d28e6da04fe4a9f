using System.Runtime.InteropServices;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents FAISS's k-means object, which assigns points with any index (FAISS: <c>Clustering</c>). <see cref="KMeans"/> is simpler, and behaves the same on all FAISS versions.</summary>
/// <remarks>
/// An instance keeps its centroids: the next <see cref="Train"/> starts from them. A training beside another call throws an <see cref="InvalidOperationException"/>.
/// FAISS adds up points in single precision: the mean of n points is off by up to n·2⁻²⁴ times their length (<see cref="KMeansSummation"/>).
/// </remarks>
public sealed unsafe class Clustering : IDisposable
{
    private readonly FreeHandle<FaissClustering> _handle;
    private int _skippedStats;

    /// <summary>Initializes a new instance.</summary>
    /// <param name="dimension">The number of components of a point, d.</param>
    /// <param name="clusters">The number of clusters, k.</param>
    /// <param name="parameters">The parameters of the training; <see langword="null"/> for FAISS's defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/>, <paramref name="clusters"/> or a parameter is out of range.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public Clustering(int dimension, int clusters, ClusteringParameters? parameters = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clusters);
        FaissClustering* created = null;
        if (parameters is null)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Clustering_new(&created, dimension, clusters));
        }
        else
        {
            var native = parameters.ToNative(nameof(parameters));
            Status.ThrowIfFailed(FaissNative.faiss_Clustering_new_with_params(&created, dimension, clusters, &native));
        }

        _handle = new FreeHandle<FaissClustering>(created, &FaissNative.faiss_Clustering_free);
        Dimension = (int)FaissNative.faiss_Clustering_d(created);
        Clusters = (int)FaissNative.faiss_Clustering_k(created);
        Parameters = ClusteringParameters.Of(created);
    }

    /// <summary>Gets the number of components of a point, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets the number of clusters, k.</summary>
    public int Clusters { get; }

    /// <summary>Gets the parameters of the clustering, as FAISS holds them.</summary>
    public ClusteringParameters Parameters { get; }

    /// <summary>Finds centroids in one call with FAISS's defaults (FAISS: <c>kmeans_clustering</c>). <see cref="KMeans"/> does the same with options.</summary>
    /// <param name="points">The points, row-major (n × d), finite, n at least k.</param>
    /// <param name="dimension">The number of components of a point, d.</param>
    /// <param name="centroids">Receives the centroids, row-major (k × d); its length gives k.</param>
    /// <returns>The objective: the sum of the squared distances to the nearest centroid, over the points used.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    /// <exception cref="ArgumentException">The length of a span does not match, there are fewer points than clusters or no cluster, the spans overlap, a component is NaN or infinite, or squared distances would overflow.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    public static float KMeansClustering(ReadOnlySpan<float> points, int dimension, Span<float> centroids)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        var count = VectorShape.CountVectors(points, dimension, nameof(points));
        var clusters = VectorShape.CountVectors<float>(centroids, dimension, nameof(centroids));
        VectorShape.CheckDisjoint<float, float>(points, centroids, nameof(centroids));
        if (clusters == 0 || count < clusters)
        {
            throw new ArgumentException($"centroids has room for {clusters}, and there are {count} points; from 1 to as many as there are points are needed.", nameof(centroids));
        }

        VectorValues.CheckFinite(points, dimension, nameof(points));
        VectorValues.CheckMagnitude(points, dimension, count, nameof(points));
        float objective;
        fixed (float* x = points, result = centroids)
        {
            Status.ThrowIfFailed(FaissNative.faiss_kmeans_clustering((nuint)dimension, (nuint)count, (nuint)clusters, x, result, &objective));
        }

        return objective;
    }

    /// <summary>Trains the centroids. The first call starts from random points, a later call from the centroids of the previous one.</summary>
    /// <param name="points">The points, row-major (n × d), finite, n at least k.</param>
    /// <param name="assigner">The index that assigns points to centroids. Its vectors are removed; it contains the k centroids afterwards.</param>
    /// <exception cref="ArgumentException">The length of a span does not match, there are fewer points than clusters, a component is NaN or infinite, squared distances would overflow, or <paramref name="assigner"/> may leave points unassigned or cannot hold their means.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="assigner"/> is mapped from its file, or has inverted lists whose quantizer holds no centroids.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The clustering or the index is disposed.</exception>
    public void Train(ReadOnlySpan<float> points, FaissIndex assigner)
    {
        ArgumentNullException.ThrowIfNull(assigner);
        using var clustering = _handle.AcquireToChange(this);
        using var index = assigner.Handle.AcquireToChange(assigner);
        var count = VectorShape.CountVectors(points, Dimension, nameof(points));
        if (count < Clusters)
        {
            throw new ArgumentException($"points holds {count} vectors, fewer than the {Clusters} clusters.", nameof(points));
        }

        if (assigner.Dimension != Dimension)
        {
            throw new ArgumentException($"assigner has dimension {assigner.Dimension}, expected {Dimension}.", nameof(assigner));
        }

        // The training searches the assigner, which has to probe all lists to its end.
        using var settings = assigner.Handle.ReadSettings(assigner.ReadsSettingsTwice);
        CheckFindsEveryPoint(assigner, index.Pointer);
        assigner.CheckReceivesCentroids(index.Pointer);
        VectorValues.CheckFinite(points, Dimension, nameof(points));
        VectorValues.CheckMagnitude(points, Dimension, count, nameof(points));
        if (KnownDefects.UnstorableComponents.IsPresent)
        {
            foreach (var range in CodeRange.OfCentroids(assigner.Parts))
            {
                range.CheckTraining(points, nameof(points));
            }
        }

        using var turn = LocalSearch.EnterToEncode(assigner.Parts);
        TrainCore(clustering.Pointer, points, index.Pointer);
    }

    /// <summary>Does the same as <see cref="Train(ReadOnlySpan{float}, FaissIndex)"/> without checks, for points and an index that have been checked.</summary>
    internal void TrainChecked(ReadOnlySpan<float> points, FaissIndex assigner)
    {
        using var clustering = _handle.AcquireToChange(this);
        using var index = assigner.Handle.AcquireToChange(assigner);
        TrainCore(clustering.Pointer, points, index.Pointer);
    }

    /// <summary>Returns a copy of the current centroids (k × d); empty before the first training.</summary>
    /// <exception cref="ObjectDisposedException">The clustering is disposed.</exception>
    public float[] CopyCentroids()
    {
        using var clustering = _handle.Acquire(this);
        float* centroids;
        nuint size;
        FaissNative.faiss_Clustering_centroids(clustering.Pointer, &centroids, &size);
        return new ReadOnlySpan<float>(centroids, (int)size).ToArray();
    }

    /// <summary>Sets the centroids from which the next training starts.</summary>
    /// <remarks>FAISS warns unless <see cref="ClusteringParameters.MinPointsPerCentroid"/> is 1, because it receives them as a training set.</remarks>
    /// <param name="centroids">The centroids, row-major (k × d), finite.</param>
    /// <exception cref="ArgumentException">The length is not k × d, or a component is NaN or infinite.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The clustering is disposed.</exception>
    public void SetCentroids(ReadOnlySpan<float> centroids)
    {
        VectorShape.CheckLength(centroids.Length, (long)Clusters * Dimension, nameof(centroids));

        // The C API has no setter. Given exactly k points, FAISS uses them as its centroids without an iteration, and records one all the same:
        // CopyIterationStats skips what was recorded so far.
        using var index = new IndexFlatL2(Dimension);
        Train(centroids, index);
        _skippedStats = StatsCount();
    }

    /// <summary>Returns a copy of the statistics of the iterations, oldest first; with several redos, those up to and including the winning one.</summary>
    /// <exception cref="ObjectDisposedException">The clustering is disposed.</exception>
    public ClusteringIterationStats[] CopyIterationStats()
    {
        using var clustering = _handle.Acquire(this);
        FaissClusteringIterationStats* stats;
        nuint size;
        FaissNative.faiss_Clustering_iteration_stats(clustering.Pointer, &stats, &size);
        var copy = new ClusteringIterationStats[(int)size - _skippedStats];
        for (var i = 0; i < copy.Length; i++)
        {
            copy[i] = ReadStats(stats, _skippedStats + i);
        }

        return copy;
    }

    /// <summary>Returns the statistics of the last iteration, which must exist.</summary>
    internal ClusteringIterationStats LastIterationStats()
    {
        using var clustering = _handle.Acquire(this);
        FaissClusteringIterationStats* stats;
        nuint size;
        FaissNative.faiss_Clustering_iteration_stats(clustering.Pointer, &stats, &size);
        return ReadStats(stats, (int)size - 1);
    }

    /// <summary>Frees the native object.</summary>
    public void Dispose() => _handle.Dispose();

    private void TrainCore(FaissClustering* clustering, ReadOnlySpan<float> points, NativeIndex* index)
    {
        using var call = ObservedCall.Start("train", this, points.Length / Dimension);
        fixed (float* x = points)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Clustering_train(clustering, points.Length / Dimension, x, index));
        }

        call?.Succeed();
    }

    private static ClusteringIterationStats ReadStats(FaissClusteringIterationStats* stats, int index)
    {
        var entry = (FaissClusteringIterationStats*)((StatsLayout*)stats + index);
        return new ClusteringIterationStats(
            FaissNative.faiss_ClusteringIterationStats_obj(entry),
            FaissNative.faiss_ClusteringIterationStats_time(entry),
            FaissNative.faiss_ClusteringIterationStats_time_search(entry),
            FaissNative.faiss_ClusteringIterationStats_imbalance_factor(entry),
            FaissNative.faiss_ClusteringIterationStats_nsplit(entry));
    }

    private int StatsCount()
    {
        using var clustering = _handle.Acquire(this);
        nuint size;
        FaissNative.faiss_Clustering_iteration_stats(clustering.Pointer, null, &size);
        return (int)size;
    }

    private static void CheckFindsEveryPoint(FaissIndex assigner, NativeIndex* index)
    {
        if (assigner is IndexFlat1D { IsAlwaysSorted: false })
        {
            throw new ArgumentException($"assigner sorts its numbers only when {nameof(IndexFlat1D.UpdatePermutation)} is called, which a training does not do between its iterations; create it with continuousUpdate: true.", nameof(assigner));
        }

        if (!KnownDefects.UnassignedPoints.IsPresent)
        {
            return;
        }

        if (assigner.Metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentException($"assigner compares by {assigner.Metric}; points are assigned by L2 or inner product.", nameof(assigner));
        }

        if (FaissNative.faiss_IndexIVF_cast(index) != null)
        {
            var (probed, lists) = (FaissNative.faiss_IndexIVF_nprobe(index), FaissNative.faiss_IndexIVF_nlist(index));
            if (probed < lists)
            {
                throw new ArgumentException($"assigner probes {probed} of {lists} lists and may find no centroid for a point; set nprobe to {lists}.", nameof(assigner));
            }

            // The threshold may have been set since the parts were described.
            var parts = NativeParts.Of(index);
            if (parts.LeavesOutCodes)
            {
                throw new ArgumentException($"assigner leaves out codes that differ from the query's in {parts.Fact("ht", 0)} bits or more, and may find no centroid for a point; set ht to {parts.Fact("code_size", 0) * 8}.", nameof(assigner));
            }

            if (parts.Parts.FirstOrDefault(part => part.Role == "quantizer") is { IsFlat: false } quantizer && lists > 1)
            {
                throw new ArgumentException($"assigner finds its lists by a quantizer ({quantizer.Class}) that may leave out some, and so find no centroid for a point; use a flat quantizer.", nameof(assigner));
            }
        }
        else if (!assigner.Parts.FindsEveryVector)
        {
            throw new ArgumentException($"assigner ({assigner.Description ?? assigner.Parts.Class}) may find no centroid for a point; flat, HNSW and IVF indexes with all lists probed always do.", nameof(assigner));
        }
    }

    /// <summary>The layout of the opaque type, whose size is the stride of the array.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct StatsLayout
    {
        public float Objective;
        public double Time;
        public double TimeSearch;
        public double ImbalanceFactor;
        public int Splits;
    }
}
