using System.Numerics.Tensors;

namespace FaissSdk.Benchmarks;

/// <summary>Computes the sum of squared distances to the nearest centroids in double precision, to compare the results of different implementations.</summary>
internal static class ExactObjective
{
    public static double Of(ReadOnlySpan<float> points, int dimension, ReadOnlySpan<float> centroids)
    {
        var (count, clusters) = (points.Length / dimension, centroids.Length / dimension);
        var nearest = NearestCentroid.Fastest;
        var panels = new CentroidPanels(clusters, dimension, nearest.PanelWidth);
        panels.Pack(centroids, spherical: false);
        var (labels, distances) = (new int[count], new float[count]);

        // If single precision cannot distinguish two centroids, the sum hardly depends on the one taken.
        nearest.Find(points, VectorNorms.Squared(points, dimension, 1), centroids, panels, spherical: false, labels, distances, threads: 1, CancellationToken.None);
        var (point, centroid) = (new double[dimension], new double[dimension]);
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            TensorPrimitives.ConvertTruncating(points.Slice(i * dimension, dimension), (Span<double>)point);
            TensorPrimitives.ConvertTruncating(centroids.Slice(labels[i] * dimension, dimension), (Span<double>)centroid);
            var distance = TensorPrimitives.Distance<double>(point, centroid);
            sum += distance * distance;
        }

        return sum;
    }
}
