using System.Numerics.Tensors;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Imitates the native engine: FAISS assigns, and the other parts are implemented here, so that each can be made faulty.</summary>
internal sealed class FaultyEngine(int dimension, int clusters, KMeansOptions options, Fault fault) : IKMeansEngine
{
    private float[] _centroids = [];

    public KMeansBackend Backend => KMeansBackend.Native;

    public ICentroidAssigner Assigner { get; } = fault.Assigner(NativeCentroidAssigner.Instance);

    public void Start(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int redo, ReadOnlySpan<float> initialCentroids, float[]? pointNorms = null)
    {
        _centroids = initialCentroids.IsEmpty ? RandomSample.InitialCentroids(points, dimension, clusters, fault.Seed(options.Seed), redo) : initialCentroids.ToArray();
        PostProcess();
    }

    public LloydStep Step(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, CancellationToken cancellationToken)
    {
        var count = points.Length / dimension;
        var (labels, distances, before) = (new long[count], new float[count], _centroids);
        Assigner.Assign(points, before, dimension, options.Spherical, labels, distances);
        fault.Labels(labels);
        _centroids = new float[before.Length];
        var counted = count - fault.PointsLeftOut;
        var sizes = CentroidMeans.Compute(points[..(counted * dimension)], Array.ConvertAll(labels[..counted], label => (int)label), dimension, _centroids, isDouble: false, 1, cancellationToken);
        var imbalance = CentroidUpdate.Imbalance(sizes);
        var splits = fault.Split(sizes, count, dimension, _centroids);
        fault.Move(before, _centroids);
        PostProcess();
        return new LloydStep(fault.Objective(distances), imbalance, splits);
    }

    public float[] CopyCentroids() => (float[])_centroids.Clone();

    public void Dispose()
    {
    }

    private void PostProcess()
    {
        for (var at = 0; at < _centroids.Length && options.Spherical && fault.Normalizes; at += dimension)
        {
            var centroid = _centroids.AsSpan(at, dimension);
            var length = TensorPrimitives.Norm<float>(centroid);
            TensorPrimitives.Divide(centroid, length > 0 ? length : 1, centroid);
        }

        if (options.IntegerCentroids)
        {
            TensorPrimitives.Round(_centroids, fault.Rounding, _centroids);
        }
    }
}
