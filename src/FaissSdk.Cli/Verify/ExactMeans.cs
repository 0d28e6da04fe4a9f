using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Computes the clusters of an assignment in double precision: means, ranges and radii, which centroids are judged by.</summary>
/// <remarks>
/// Lockstep shows only that two implementations round alike. With u = 2⁻²⁴ the mean of n numbers that are added up in single precision may be off by n·u times their magnitude, which for large clusters far
/// from the origin exceeds the size of the cluster. So a centroid also has to lie near the mean and within the range of its points, whatever the order of additions.
/// </remarks>
internal sealed class ExactMeans
{
    // A centroid this far from the mean, as a share of the radius, increases the squared distances of its points by 1 %.
    private const double MeanShare = 0.1;

    private const double RangeShare = 0.01;

    // The rounding of 256 additions, which does no harm even if all points are equal.
    private const double MagnitudeShare = 256 * RoundingBound.UnitRoundoff;

    private readonly int _dimension;
    private readonly int _count;
    private readonly double[] _sizes;
    private readonly double[] _means;
    private readonly double[] _radii;
    private readonly float[] _min;
    private readonly float[] _max;

    /// <param name="points">The points (n × d).</param>
    /// <param name="labels">Their clusters (n), all valid.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="clusters">The number of clusters, k.</param>
    public ExactMeans(ReadOnlySpan<float> points, long[] labels, int dimension, int clusters)
    {
        (_dimension, _count) = (dimension, labels.Length);
        (_sizes, _means, _radii) = (new double[clusters], new double[clusters * dimension], new double[clusters]);
        (_min, _max) = (new float[clusters * dimension], new float[clusters * dimension]);
        Array.Fill(_min, float.PositiveInfinity);
        Array.Fill(_max, float.NegativeInfinity);
        for (var i = 0; i < labels.Length; i++)
        {
            _sizes[labels[i]]++;
            for (var j = 0; j < dimension; j++)
            {
                var (at, component) = (((int)labels[i] * dimension) + j, points[(i * dimension) + j]);
                _means[at] += component;
                _min[at] = Math.Min(_min[at], component);
                _max[at] = Math.Max(_max[at], component);
            }
        }

        for (var at = 0; at < _means.Length; at++)
        {
            _means[at] /= Math.Max(1, _sizes[at / dimension]);
        }

        for (var i = 0; i < labels.Length; i++)
        {
            for (var j = 0; j < dimension; j++)
            {
                _radii[labels[i]] += Math.Pow(points[(i * dimension) + j] - _means[((int)labels[i] * dimension) + j], 2);
            }
        }

        for (var cluster = 0; cluster < clusters; cluster++)
        {
            _radii[cluster] = Math.Sqrt(_radii[cluster] / Math.Max(1, _sizes[cluster]));
        }
    }

    /// <summary>Compares the centroids of an update (k × d) with the means.</summary>
    /// <param name="centroids">The centroids after the update.</param>
    /// <param name="options">The options of the training.</param>
    /// <param name="splitRounds">The number of rounds of k draws after which the largest cluster is split.</param>
    /// <param name="cancellationToken">Checked between the clusters.</param>
    public MeanError Judge(float[] centroids, KMeansOptions options, int splitRounds, CancellationToken cancellationToken)
    {
        var expected = Expected(options, splitRounds, out var isSplit, cancellationToken);
        var error = default(MeanError);
        for (var cluster = 0; cluster < _sizes.Length; cluster++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_sizes[cluster] > 0 || isSplit[cluster])
            {
                error = error.Combine(Judge(cluster, centroids.AsSpan(cluster * _dimension, _dimension), expected.AsSpan(cluster * _dimension, _dimension), isSplit[cluster], options));
            }
        }

        return error;
    }

    /// <summary>Returns the means (k × d) after the splits.</summary>
    private double[] Expected(KMeansOptions options, int splitRounds, out bool[] isSplit, CancellationToken cancellationToken)
    {
        var rounded = Array.ConvertAll(_means, mean => (float)mean);
        var split = (float[])rounded.Clone();
        CentroidUpdate.SplitIntoEmpty((double[])_sizes.Clone(), _count, _dimension, split, cancellationToken, splitRounds);
        var expected = (double[])_means.Clone();
        isSplit = new bool[_sizes.Length];
        for (var at = 0; at < expected.Length; at++)
        {
            if (split[at] != rounded[at])
            {
                isSplit[at / _dimension] = true;
                expected[at] = split[at];
            }
        }

        for (var cluster = 0; cluster < _sizes.Length && options.Spherical; cluster++)
        {
            var mean = expected.AsSpan(cluster * _dimension, _dimension);
            var length = Length(mean);
            for (var j = 0; j < _dimension && length > 0; j++)
            {
                mean[j] /= length;
            }
        }

        return expected;
    }

    private MeanError Judge(int cluster, ReadOnlySpan<float> centroid, ReadOnlySpan<double> expected, bool isSplit, KMeansOptions options)
    {
        var mean = _means.AsSpan(cluster * _dimension, _dimension);
        var length = Length(isSplit ? expected : mean);

        // Which cluster was split is not known, so its radius may be any.
        var radius = isSplit ? _radii.Max() : _radii[cluster];
        var tolerance = (MeanShare * radius) + (MagnitudeShare * (length + radius));
        var rounding = options.IntegerCentroids ? 0.5 : 0;
        if (options.Spherical)
        {
            // A mean that is off by δ has a direction that is off by at most 2δ/|mean|; a mean of zero has none.
            tolerance = Length(mean) is var original && original > 2 * tolerance ? (2 * tolerance / original) + MagnitudeShare : 2;
        }

        var (squares, farthest, outside) = (0.0, 0, -1);
        for (var j = 0; j < _dimension; j++)
        {
            var difference = Math.Abs(centroid[j] - expected[j]);
            squares += difference * difference;
            farthest = difference > Math.Abs(centroid[farthest] - expected[farthest]) ? j : farthest;
            if (outside < 0 && !isSplit && !options.Spherical && !IsInRange(cluster, j, centroid[j], rounding))
            {
                outside = j;
            }
        }

        // The negated comparison also catches NaN.
        var share = Math.Sqrt(squares) / (tolerance + (rounding * Math.Sqrt(_dimension)));
        share = squares == 0 ? 0 : share;
        return new MeanError(
            double.IsNaN(share) ? double.PositiveInfinity : share,
            outside < 0 ? null : Describe(cluster, outside, centroid[outside]),
            Describe(cluster, farthest, centroid[farthest]));
    }

    private bool IsInRange(int cluster, int component, float value, double rounding)
    {
        var (min, max) = (_min[(cluster * _dimension) + component], _max[(cluster * _dimension) + component]);
        var slack = rounding + (RangeShare * _radii[cluster]) + (MagnitudeShare * Math.Max(Math.Abs(min), Math.Abs(max)));
        return value >= min - slack && value <= max + slack;
    }

    private string Describe(int cluster, int component, float value)
    {
        var at = (cluster * _dimension) + component;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"centroid {cluster}, component {component}: {value:G9}; its {_sizes[cluster]:N0} points have the mean {_means[at]:G9} and lie from {_min[at]:G9} to {_max[at]:G9}");
    }

    private static double Length(ReadOnlySpan<double> vector)
    {
        var sum = 0.0;
        foreach (var component in vector)
        {
            sum += component * component;
        }

        return Math.Sqrt(sum);
    }
}
