namespace FaissSdk.Tests.KMeansTests;

/// <summary>Represents a motion of space that preserves distances.</summary>
/// <param name="Name">The name, for printing.</param>
/// <param name="Move">The function that moves one vector, in double precision.</param>
internal sealed record Symmetry(string Name, Func<double[], double[]> Move)
{
    /// <summary>Returns several motions for the points of a case; translations are small compared with the spread.</summary>
    public static Symmetry[] For(KMeansCase of)
    {
        var random = new Random(of.Seed);
        var order = Enumerable.Range(0, of.Dimension).ToArray();
        random.Shuffle(order);
        var spread = Enumerable.Range(0, of.Dimension).Max(j => Spread(of, j));
        var shift = order.Select(_ => (double)(float)(spread * (random.NextDouble() - 0.5) / 8)).ToArray();
        var (angle, turns) = (random.NextDouble() * Math.Tau, order.Length);
        return
        [
            new("translation", vector => [.. vector.Zip(shift, (value, by) => value + by)]),
            new("permutation", vector => [.. order.Select(j => vector[j])]),
            new("rotation", vector => Rotated(vector, angle, turns)),
        ];
    }

    public double[] Moved(float[] vectors, int dimension) => [.. vectors.Chunk(dimension).SelectMany(vector => Move(Array.ConvertAll(vector, value => (double)value)))];

    private static double Spread(KMeansCase of, int component)
    {
        var values = of.Points.Where((_, i) => i % of.Dimension == component).ToArray();
        return (double)values.Max() - values.Min();
    }

    private static double[] Rotated(double[] vector, double angle, int turns)
    {
        var rotated = (double[])vector.Clone();
        if (rotated.Length == 1)
        {
            return [-rotated[0]];
        }

        var (sin, cos) = Math.SinCos(angle);
        for (var turn = 0; turn < turns; turn++)
        {
            var (a, b) = (turn % rotated.Length, ((turn * 3) + 1) % rotated.Length);
            if (a != b)
            {
                (rotated[a], rotated[b]) = ((cos * rotated[a]) - (sin * rotated[b]), (sin * rotated[a]) + (cos * rotated[b]));
            }
        }

        return rotated;
    }
}
