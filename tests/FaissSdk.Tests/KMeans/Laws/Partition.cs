namespace FaissSdk.Tests.KMeansTests;

/// <summary>Computes the clusters of labels: their sizes, their means in double precision, and the maximum errors of these in float32.</summary>
internal sealed class Partition
{
    private readonly double[] _means;
    private readonly double[] _errors;
    private readonly int _dimension;

    public Partition(float[] points, long[] labels, int dimension, int clusters)
    {
        _dimension = dimension;
        Sizes = new int[clusters];
        _means = new double[clusters * dimension];
        _errors = new double[clusters * dimension];
        for (var i = 0; i < labels.Length; i++)
        {
            Sizes[labels[i]]++;
            for (var j = 0; j < dimension; j++)
            {
                _means[(labels[i] * dimension) + j] += points[(i * dimension) + j];
                _errors[(labels[i] * dimension) + j] += Math.Abs(points[(i * dimension) + j]);
            }
        }

        for (var at = 0; at < _means.Length; at++)
        {
            var size = Sizes[at / dimension];
            (_means[at], _errors[at]) = size == 0 ? (0, 0) : (_means[at] / size, RoundingBound.Mean(size, _errors[at]));
        }
    }

    public int[] Sizes { get; }

    public int Empty => Sizes.Count(size => size == 0);

    public double Imbalance => Sizes.Sum(size => (double)size * size) * Sizes.Length / Math.Pow(Sizes.Sum(), 2);

    public ReadOnlySpan<double> Mean(int cluster) => _means.AsSpan(cluster * _dimension, _dimension);

    public ReadOnlySpan<double> Error(int cluster) => _errors.AsSpan(cluster * _dimension, _dimension);

    /// <summary>Returns the maximum increase of the sum of squared distances by the rounding of the means: Σ h·|δ|².</summary>
    public double RiseOfObjective()
    {
        var rise = 0.0;
        for (var at = 0; at < _errors.Length; at++)
        {
            rise += Sizes[at / _dimension] * _errors[at] * _errors[at];
        }

        return rise;
    }
}
