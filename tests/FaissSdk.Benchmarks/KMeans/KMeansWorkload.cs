using FaissSdk.Cli;

namespace FaissSdk.Benchmarks;

/// <summary>Represents a training: points (n × d) into k clusters.</summary>
internal sealed record KMeansWorkload(string Name, int Count, int Dimension, int Clusters, int Iterations, bool Pruning, double Goal, Func<float[]> Create)
{
    /// <summary>Gets a value indicating whether other implementations are trained too and objectives are compared.</summary>
    public bool IsCompared { get; private init; }

    /// <summary>Gets the operations of the full search in one iteration; a multiply-add counts as two.</summary>
    public double Operations => 2.0 * Count * Dimension * Clusters;

    /// <summary>Gets the text that <c>--rows</c> is matched with.</summary>
    public string Label => FormattableString.Invariant($"{Name}, {Count}x{Dimension}, k={Clusters}{(Pruning ? "" : ", no pruning")}");

    /// <summary>Returns the trainings that the table shows.</summary>
    /// <param name="quick">Whether to use only a tenth of the points.</param>
    /// <param name="embeddings">The file with embeddings of a model, or null to create stand-ins by <see cref="FallingSpectrum"/>.</param>
    public static IEnumerable<KMeansWorkload> All(bool quick, string? embeddings)
    {
        var shrink = quick ? 10 : 1;
        foreach (var (count, dimension, clusters, goal) in Shapes)
        {
            yield return Uniform(count / shrink, dimension, clusters) with { Goal = goal, IsCompared = dimension == 128 };
        }

        var (mixtureCount, mixtureDimension, mixtureClusters) = (100_000 / shrink, 64, 256);
        var mixture = Once(() => Mixture(mixtureCount, mixtureDimension, mixtureClusters));
        foreach (var pruning in (bool[])[true, false])
        {
            var goal = pruning ? KMeansGoals.SpeedupOfStructure : KMeansGoals.SpeedupWithoutPruning;
            yield return new($"mixture of {mixtureClusters} Gaussians", mixtureCount, mixtureDimension, mixtureClusters, 20, pruning, goal, mixture) { IsCompared = pruning };
        }

        var corpus = MemberCorpus.Build(DocumentationReader.Read(DocumentationFolder.FindFiles(null), CancellationToken.None)).Vectors;
        var demo = FirstOf(corpus, shrink);
        foreach (var pruning in (bool[])[true, false])
        {
            yield return new("demo corpus", demo.Count, demo.Dimension, 256, 10, pruning, pruning ? KMeansGoals.Speedup : KMeansGoals.SpeedupWithoutPruning, () => demo.Values);
        }

        var (name, embeddedCount, embeddedDimension, vectors) = embeddings is null ? StandIns(shrink) : Embeddings(embeddings, shrink);
        foreach (var clusters in (int[])[256, 1024])
        {
            yield return new(name, embeddedCount, embeddedDimension, clusters, 10, true, KMeansGoals.SpeedupOfStructure, vectors) { IsCompared = true };
        }
    }

    public static (int Count, int Dimension, int Clusters, double Goal)[] Shapes { get; } =
    [
        (100_000, 128, 256, KMeansGoals.Speedup),
        (200_000, 64, 1024, KMeansGoals.Speedup),
        (20_000, 768, 512, KMeansGoals.SpeedupOfManyComponents),
        (1_000_000, 32, 64, KMeansGoals.Speedup),
        (50_000, 960, 1000, KMeansGoals.SpeedupOfManyComponents),
        (10_000, 2, 100, KMeansGoals.Speedup),
    ];

    public static KMeansWorkload Uniform(int count, int dimension, int clusters) =>
        new("uniform", count, dimension, clusters, 10, true, KMeansGoals.Speedup, () => UniformPoints(count * dimension));

    private static (string Name, int Count, int Dimension, Func<float[]> Create) Embeddings(string path, int shrink)
    {
        var vectors = FirstOf(VectorFile.Read(path), shrink);
        return ("embeddings", vectors.Count, vectors.Dimension, () => vectors.Values);
    }

    private static (string Name, int Count, int Dimension, Func<float[]> Create) StandIns(int shrink)
    {
        var texts = DocumentationTexts.Read();
        var count = texts.Length / shrink;
        return ("falling spectrum", count, FallingSpectrum.Dimension, Once(() => FallingSpectrum.Create(texts)[..(count * FallingSpectrum.Dimension)]));
    }

    private static VectorSet FirstOf(VectorSet vectors, int shrink) =>
        shrink == 1 ? vectors : new VectorSet(vectors.Values[..(vectors.Count / shrink * vectors.Dimension)], vectors.Dimension);

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

    /// <summary>Creates points of well separated Gaussians: centers in a cube of side 100, standard deviation 1.</summary>
    private static float[] Mixture(int count, int dimension, int clusters)
    {
        var random = new Random(2);
        var centers = UniformPoints(clusters * dimension);
        var values = new float[count * dimension];
        for (var i = 0; i < count; i++)
        {
            var center = random.Next(clusters);
            for (var j = 0; j < dimension; j++)
            {
                var gaussian = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                values[(i * dimension) + j] = (float)((100 * centers[(center * dimension) + j]) + gaussian);
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
