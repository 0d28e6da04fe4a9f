using FaissSdk.Cli;

namespace FaissSdk.Benchmarks;

/// <summary>What is trained: points (n × d) into k clusters.</summary>
internal sealed record KMeansWorkload(string Name, int Count, int Dimension, int Clusters, int Iterations, bool Pruning, double? Goal, Func<float[]> Create)
{
    /// <summary>The full search's multiply-adds of one iteration, counted as two operations.</summary>
    public double Operations => 2.0 * Count * Dimension * Clusters;

    /// <summary>Everything the table shows.</summary>
    public static IEnumerable<KMeansWorkload> All(bool quick)
    {
        var shrink = quick ? 10 : 1;
        foreach (var (count, dimension, clusters) in Shapes)
        {
            yield return Uniform(count / shrink, dimension, clusters);
        }

        var (mixtureCount, mixtureDimension, mixtureClusters) = (100_000 / shrink, 64, 256);
        Func<float[]> mixture = Once(() => Mixture(mixtureCount, mixtureDimension, mixtureClusters));
        foreach (var pruning in (bool[])[true, false])
        {
            yield return new($"mixture of {mixtureClusters} Gaussians", mixtureCount, mixtureDimension, mixtureClusters, 20, pruning, pruning ? 3 : null, mixture);
        }

        var corpus = MemberCorpus.Build(DocumentationReader.Read(DocumentationFolder.FindFiles(null), CancellationToken.None)).Vectors;
        var demo = new VectorSet(corpus.Values[..(corpus.Count / shrink * corpus.Dimension)], corpus.Dimension);
        foreach (var pruning in (bool[])[true, false])
        {
            yield return new("demo corpus", demo.Count, demo.Dimension, 256, 10, pruning, null, () => demo.Values);
        }
    }

    public static (int Count, int Dimension, int Clusters)[] Shapes { get; } =
        [(100_000, 128, 256), (200_000, 64, 1024), (20_000, 768, 512), (1_000_000, 32, 64), (50_000, 960, 1000), (10_000, 2, 100)];

    public static KMeansWorkload Uniform(int count, int dimension, int clusters) =>
        new("uniform", count, dimension, clusters, 10, true, null, () => UniformPoints(count * dimension));

    private static float[] UniformPoints(int length)
    {
        var random = new Random(1);
        var values = new float[length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle();
        }

        return values;
    }

    /// <summary>Well separated Gaussians: centres in a cube of side 100, standard deviation 1.</summary>
    private static float[] Mixture(int count, int dimension, int clusters)
    {
        var random = new Random(2);
        var centres = UniformPoints(clusters * dimension);
        var values = new float[count * dimension];
        for (var i = 0; i < count; i++)
        {
            var centre = random.Next(clusters);
            for (var j = 0; j < dimension; j++)
            {
                var gaussian = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                values[(i * dimension) + j] = (float)((100 * centres[(centre * dimension) + j]) + gaussian);
            }
        }

        return values;
    }

    private static Func<T> Once<T>(Func<T> create)
    {
        var lazy = new Lazy<T>(create);
        return () => lazy.Value;
    }
}
