namespace FaissSdk;

/// <summary>Represents the weights of a training. Scaled by a power of two, which changes no bit of the centroids, they neither overflow nor underflow in single precision.</summary>
internal readonly ref struct TrainingWeights
{
    /// <summary>Gets the weights (n), scaled so that their mean is from 1 to 2, or empty if they are all equal.</summary>
    public ReadOnlySpan<float> Values { get; private init; }

    /// <summary>Gets the given weight that the scaled weight 1 stands for.</summary>
    public double Scale { get; private init; }

    /// <summary>Gets the sum of the given weights, or 1 if there are none.</summary>
    public double Sum { get; private init; }

    public bool AreDifferent => !Values.IsEmpty;

    /// <summary>Scales weights (n), at least one of them positive; an empty span stands for weights of 1.</summary>
    public static TrainingWeights Of(ReadOnlySpan<float> given)
    {
        if (given.IsEmpty)
        {
            return new TrainingWeights { Scale = 1, Sum = 1 };
        }

        var sum = 0.0;
        foreach (var weight in given)
        {
            sum += weight;
        }

        if (!given.ContainsAnyExcept(given[0]))
        {
            return new TrainingWeights { Scale = given[0], Sum = sum };
        }

        var exponent = Math.ILogB(sum / given.Length);
        var values = new float[given.Length];
        for (var i = 0; i < values.Length; i++)
        {
            // The reciprocal of −0 is −∞, which would sort before all others.
            values[i] = MathF.ScaleB(MathF.Abs(given[i]), -exponent);
        }

        return new TrainingWeights { Values = values, Scale = Math.ScaleB(1, exponent), Sum = sum };
    }

    /// <summary>Draws a sample by different weights, and gives its points the weights that they stand for.</summary>
    /// <param name="taken">The number of points to draw, m, less than n.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="rows">Receives the numbers of the points (m).</param>
    public TrainingWeights Sample(int taken, int seed, out int[] rows)
    {
        (rows, var threshold) = RandomSample.WeightedRows(Values, taken, (uint)seed);
        double sum = 0, sampled = 0;
        foreach (var weight in Values)
        {
            sum += weight;
        }

        foreach (var row in rows)
        {
            sampled += Math.Max(Values[row], threshold);
        }

        // Keeps the mean, so that the objective has the scale of an unweighted sample.
        var factor = sum / Values.Length * taken / sampled;
        var values = new float[taken];
        for (var i = 0; i < taken; i++)
        {
            values[i] = (float)(Math.Max(Values[rows[i]], threshold) * factor);
        }

        return new TrainingWeights { Values = values, Scale = Scale, Sum = Sum };
    }
}
