using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Finds for each point the centroid of maximum x·c − |c|²/2 (spherical: of maximum x·c), the lowest number on a tie.</summary>
/// <remarks>
/// <see cref="BlockedSearch"/> divides the points into blocks and chooses the method of each. <see cref="NearestCentroid{TTile}"/> implements the
/// methods with one micro-kernel: all centroids, centroids that integer scores leave, centroids that bounds leave.
/// </remarks>
internal abstract unsafe class NearestCentroid
{
    public static readonly NearestCentroid With512 = new NearestCentroid<SimdPairTile<Simd512, Vector512<float>>>("Vector512");
    public static readonly NearestCentroid With256 = new NearestCentroid<SimdTile<Simd256, Vector256<float>>>("Vector256");
    public static readonly NearestCentroid With128 = LaneTile.IsSupported
        ? new NearestCentroid<LaneTile>("AdvSimd")
        : new NearestCentroid<SimdTile<Simd128, Vector128<float>>>("Vector128");
    public static readonly NearestCentroid Portable = new NearestCentroid<PortableTile>("portable");

    /// <summary>The implementation with the widest vectors that this processor supports.</summary>
    public static readonly NearestCentroid Fastest =
        Vector512.IsHardwareAccelerated ? With512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? With256
        : Vector128.IsHardwareAccelerated ? With128
        : Portable;

    private protected NearestCentroid(string name, int panelWidth)
    {
        Name = name;
        PanelWidth = panelWidth;
    }

    /// <summary>Gets all implementations, the widest first.</summary>
    public static IReadOnlyList<NearestCentroid> All { get; } = [With512, With256, With128, Portable];

    public string Name { get; }

    public int PanelWidth { get; }

    /// <summary>Writes the nearest centroid of each point, and max(0, |x|² + |c|² − 2x·c) or x·c.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="pointNorms">The |x|² of the points (n), or empty if spherical.</param>
    /// <param name="centroids">The centroids (k × d).</param>
    /// <param name="panels">The same centroids, packed.</param>
    /// <param name="spherical">Whether the maximum inner product wins.</param>
    /// <param name="labels">The numbers of centroids (n), replaced by the nearest; labels close to the result save time.</param>
    /// <param name="distances">Receives the distances or inner products (n).</param>
    /// <param name="threads">The maximum number of threads.</param>
    /// <param name="cancellationToken">The token that is checked before each block of points.</param>
    /// <param name="training">The additions of a training; they do not change the result.</param>
    public void Find(
        ReadOnlySpan<float> points,
        ReadOnlySpan<float> pointNorms,
        ReadOnlySpan<float> centroids,
        CentroidPanels panels,
        bool spherical,
        Span<int> labels,
        Span<float> distances,
        int threads,
        CancellationToken cancellationToken,
        TrainingSearch training = default)
    {
        fixed (float* x = points, norms = pointNorms, distance = distances, rows = centroids, weight = training.Weights)
        fixed (int* label = labels)
        {
            var buffers = new SearchBuffers { Points = x, Norms = norms, Centroids = rows, Labels = label, Distances = distance, Weights = weight, Count = labels.Length, Spherical = spherical };
            new BlockedSearch(this, buffers, panels, training, threads).Run(cancellationToken);
        }
    }

    /// <summary>Searches among all centroids, for the points from <paramref name="start"/> to <paramref name="end"/> (exclusive).</summary>
    internal abstract void SearchAll(SearchBuffers buffers, CentroidPanels panels, int start, int end);

    /// <summary>Searches among the centroids that integer scores leave, or among all if these are too many.</summary>
    internal abstract void SearchIntegers(SearchBuffers buffers, CentroidPanels panels, QuantizedCentroids quantized, int start, int end);

    /// <summary>Searches among the centroids that scores of few directions leave, or among all if these are too many.</summary>
    internal abstract void SearchProjected(SearchBuffers buffers, CentroidPanels panels, ProjectedCentroids projected, int start, int end);

    /// <summary>Searches among the centroids that the bounds of a block leave.</summary>
    internal abstract void SearchWithBounds(SearchBuffers buffers, CentroidBounds bounds, int block, int start, int end);
}
