namespace FaissSdk.Tests.KMeansTests;

/// <summary>Generates points (n × d) that are deliberately awkward.</summary>
internal static class CasePoints
{
    private static readonly Dictionary<string, Func<int, int, int, Random, float[]>> Makers = new()
    {
        ["uniform"] = (n, d, _, random) => Fill(n * d, random.NextSingle),
        ["clustered"] = (n, d, k, random) => Around(n, d, random, Fill(k * d, () => random.NextSingle() * 100)),
        ["integers"] = (n, d, _, random) => Fill(n * d, () => random.Next(-8, 8)),
        ["few distinct"] = (n, d, k, random) => Repeat(n, d, random, Fill(((k / 2) + 1) * d, () => random.Next(-8, 8))),
        ["duplicates"] = (n, d, _, random) => Repeat(n, d, random, Fill(((n / 2) + 1) * d, random.NextSingle)),
        ["collinear"] = Collinear,
        ["constant"] = (n, d, _, random) => Repeat(n, d, random, Fill(d, () => random.Next(-8, 8))),
        ["near ties"] = NearTies,
        ["far from the origin"] = (n, d, _, random) => Fill(n * d, () => 1000 + random.NextSingle()),
        ["huge"] = (n, d, _, random) => Fill(n * d, () => Signed(random) * MathF.ScaleB(1, 50)),
        ["tiny"] = (n, d, _, random) => Fill(n * d, () => Signed(random) * MathF.ScaleB(1, -66)),
        ["squares underflow"] = (n, d, _, random) => Fill(n * d, () => Signed(random) * MathF.ScaleB(1, -100)),
        ["mixed scale"] = MixedScale,
        ["opposites"] = Opposites,
    };

    public static string[] Kinds { get; } = [.. Makers.Keys];

    public static float[] Make(string kind, int count, int dimension, int clusters, int seed) => Makers[kind](count, dimension, clusters, new Random(seed));

    /// <summary>Determines whether every point except 0 has a direction in single precision, because its squared length does not underflow.</summary>
    public static bool HaveDirections(float[] points, int dimension)
    {
        const float leastNormal = 1.17549435e-38f;
        return points.Chunk(dimension).All(point => point.All(value => value == 0) || point.Sum(value => value * value) >= leastNormal);
    }

    /// <summary>Generates the weights of points (n): a quarter are 0, and one at least is not.</summary>
    public static float[] Weights(int count, Random random)
    {
        var weights = new float[count];
        for (var i = 0; i < count; i++)
        {
            weights[i] = random.Next(4) == 0 ? 0 : random.NextSingle() * 8;
        }

        weights[random.Next(count)] = 3;
        return weights;
    }

    private static float[] Fill(int length, Func<float> next)
    {
        var values = new float[length];
        for (var i = 0; i < length; i++)
        {
            values[i] = next();
        }

        return values;
    }

    private static float Signed(Random random) => (2 * random.NextSingle()) - 1;

    private static float[] Around(int count, int dimension, Random random, float[] centers)
    {
        var points = Repeat(count, dimension, random, centers);
        for (var i = 0; i < points.Length; i++)
        {
            points[i] += Signed(random) + Signed(random);
        }

        return points;
    }

    private static float[] Repeat(int count, int dimension, Random random, float[] distinct)
    {
        var points = new float[count * dimension];
        for (var i = 0; i < count; i++)
        {
            distinct.AsSpan(random.Next(distinct.Length / dimension) * dimension, dimension).CopyTo(points.AsSpan(i * dimension));
        }

        return points;
    }

    private static float[] Collinear(int count, int dimension, int clusters, Random random)
    {
        var (origin, direction) = (Fill(dimension, random.NextSingle), Fill(dimension, () => Signed(random)));
        var points = new float[count * dimension];
        for (var i = 0; i < count; i++)
        {
            float along = random.Next(-50, 50);
            for (var j = 0; j < dimension; j++)
            {
                points[(i * dimension) + j] = origin[j] + (along * direction[j]);
            }
        }

        return points;
    }

    // Every second point is the midpoint of two others, up to the last bit.
    private static float[] NearTies(int count, int dimension, int clusters, Random random)
    {
        var points = Fill(count * dimension, () => random.Next(-8, 8));
        for (var i = 1; i < count; i += 2)
        {
            var (left, right) = (random.Next((i + 1) / 2) * 2, random.Next((i + 1) / 2) * 2);
            for (var j = 0; j < dimension; j++)
            {
                var middle = (points[(left * dimension) + j] + points[(right * dimension) + j]) / 2;
                points[(i * dimension) + j] = random.Next(3) switch { 0 => MathF.BitIncrement(middle), 1 => MathF.BitDecrement(middle), _ => middle };
            }
        }

        return points;
    }

    private static float[] MixedScale(int count, int dimension, int clusters, Random random)
    {
        var scales = Fill(dimension, () => MathF.ScaleB(1, random.Next(-12, 12)));
        var points = Fill(count * dimension, () => Signed(random));
        for (var i = 0; i < points.Length; i++)
        {
            points[i] *= scales[i % dimension];
        }

        return points;
    }

    private static float[] Opposites(int count, int dimension, int clusters, Random random)
    {
        var points = Fill(count * dimension, () => Signed(random));
        for (var i = dimension; i < points.Length; i++)
        {
            points[i] = i / dimension % 2 == 1 ? -points[i - dimension] : points[i];
        }

        return points;
    }
}
