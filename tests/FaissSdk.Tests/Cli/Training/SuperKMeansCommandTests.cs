using System.Text.RegularExpressions;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

/// <summary>Tests of FAISS's SuperKMeans in <c>kmeans</c> and <c>verify</c>.</summary>
public sealed class SuperKMeansCommandTests : IDisposable
{
    private const int Dimension = 32;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mixture", 20)]
    [InlineData("mixture", 45)]
    [InlineData("documentation", 64)]
    public void Verify_holds_its_objective_to_that_of_native(string data, int clusters)
    {
        RequireSuperKMeans();
        var input = data == "mixture"
            ? Save(TestData.Clustered(3000, Dimension, 20, seed: 5))
            : Save(MemberCorpus.Build(DocumentationReader.Read(DocumentationFolder.FindFiles(null), CancellationToken.None)).Vectors);

        var run = CommandRun.Of("verify", "--input", input, "--clusters", $"{clusters}", "--iterations", "10");

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Matches(@"  ok      superkmeans        objective (0\.9[0-9]+|1\.0(0[0-9]+)) × native's", run.Output);
    }

    [Fact]
    public void Verify_does_not_hold_its_objective_after_refills()
    {
        RequireSuperKMeans();

        // Chance decides which of the two is better; in one of several cases it is native.
        var runs = Enumerable.Range(1, 12).Select(seed => CommandRun.Of("verify", "--input", Save(TestData.Duplicates(600, Dimension, distinct: 20, seed)), "--clusters", "18")).ToArray();

        Assert.All(runs, run => Assert.Equal(0, run.ExitCode));
        Assert.Contains(runs, run => Regex.IsMatch(run.Output, "  -       superkmeans        not held: objective .* × native's, .*; empty clusters were refilled"));
    }

    [Theory]
    [InlineData(Dimension, "--spherical", "does not serve --spherical")]
    [InlineData(Dimension, "--integer-centroids", "does not serve --integer-centroids")]
    [InlineData(Dimension, "--sums double", "does not serve --sums double")]
    [InlineData(31, "", "needs vectors of 32 components or more")]
    public void Verify_says_why_it_is_not_compared(int dimension, string options, string reason)
    {
        Native.Require();
        var expected = SuperKMeansEngine.IsAvailable ? reason : "needs FAISS 1.15.0 or later in a library of FaissSdk; ";

        var run = CommandRun.Of(["verify", "--input", Save(TestData.Uniform(500, dimension), dimension), "--clusters", "5", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("  -       superkmeans        not compared: " + expected, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.0, 1.0, true)]
    [InlineData(1.01, 1.0, true)]
    [InlineData(1.0101, 1.0, false)]
    [InlineData(0.0, 0.0, true)]
    [InlineData(0.1, 0.0, false)]
    [InlineData(double.NaN, 1.0, false)]
    public void Objectives_of_up_to_a_hundredth_more_hold(double objective, double exact, bool expected) =>
        Assert.Equal(expected, SuperKMeansCheck.Compare(objective, exact, time: 1).Holds);

    [Fact]
    public void Kmeans_trains_by_it()
    {
        RequireSuperKMeans();
        var centroids = _folder.File("centroids.npy");

        var run = CommandRun.Of("kmeans", "--input", Save(TestData.Clustered(1000, Dimension, 10)), "--clusters", "10", "--backend", "superkmeans", "--centroids", centroids);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("backend: superkmeans", run.Output, StringComparison.Ordinal);
        Assert.Equal(10, VectorFile.Read(centroids).Count);
    }

    [Fact]
    public void Kmeans_names_the_version_that_it_needs_before_it_reads()
    {
        Native.Require();
        Assert.SkipWhen(SuperKMeansEngine.IsAvailable, "The library trains by SuperKMeans.");
        var input = _folder.File("none.csv");
        File.WriteAllText(input, "no numbers");

        var run = CommandRun.Of("kmeans", "--input", input, "--clusters", "10", "--backend", "superkmeans");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("KMeansBackend.SuperKMeans needs ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--spherical", "does not serve --spherical;")]
    [InlineData("--integer-centroids", "does not serve --integer-centroids;")]
    [InlineData("--init kmeans++", "does not serve --init kmeans++;")]
    [InlineData("--sums double", "does not serve --sums double;")]
    [InlineData("", "needs vectors of 32 components or more, and those of ")]
    public void Kmeans_refuses_what_it_lacks(string options, string expected)
    {
        RequireSuperKMeans();

        var run = CommandRun.Of(["kmeans", "--input", Save(TestData.Uniform(500, 31), 31), "--clusters", "5", "--backend", "superkmeans", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("--backend superkmeans " + expected, run.Error, StringComparison.Ordinal);
    }

    private static void RequireSuperKMeans()
    {
        Native.Require();
        Assert.SkipUnless(SuperKMeansEngine.IsAvailable, "SuperKMeans needs FAISS 1.15.0.");
    }

    private string Save(VectorSet points) => Save(points.Values, points.Dimension);

    private string Save(float[] points, int dimension = Dimension)
    {
        var path = _folder.File("points.fvecs");
        VectorFile.Write(path, points, dimension);
        return path;
    }
}
