using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class VerifyTests : IDisposable
{
    private const int Dimension = 8;
    private const int Clusters = 12;

    private static readonly Dictionary<string, (float[] Points, int Clusters)> Files = new()
    {
        ["uniform"] = (TestData.Uniform(1000, Dimension), Clusters),
        ["clustered"] = (TestData.Clustered(1000, Dimension, Clusters), Clusters),
        ["constant"] = ([.. Enumerable.Repeat(3.7f, 200 * Dimension)], 5),
        ["zero"] = (new float[200 * Dimension], 5),
        ["duplicates"] = (TestData.Duplicates(600, Dimension, distinct: 8), Clusters),
        ["k = n"] = (TestData.Uniform(Clusters, Dimension), Clusters),
        ["k = n − 1"] = (TestData.Uniform(Clusters + 1, Dimension), Clusters),
        ["k = 1"] = (TestData.Uniform(300, Dimension), 1),
        ["far from the origin"] = ([.. TestData.Uniform(1000, Dimension).Select(component => 1000 + component)], Clusters),
        ["huge"] = ([.. TestData.Uniform(300, Dimension).Select(component => 1e12f * component)], Clusters),
        ["tiny"] = ([.. TestData.Uniform(300, Dimension).Select(component => 1e-12f * component)], Clusters),
        ["sampled"] = (TestData.Uniform((256 * 2) + 700, Dimension), 2),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> FilesAndOptions()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in Files.Keys)
        {
            foreach (var options in (string[])["", "--center", "--spherical", "--integer-centroids", "--no-pruning --threads 1", "--sums double"])
            {
                data.Add(file, options);
            }
        }

        return data;
    }

    public static TheoryData<string, bool> FilesWithAndWithoutSpherical() => [.. Files.Keys.SelectMany(file => new[] { (file, false), (file, true) })];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(FilesAndOptions))]
    public void Native_and_managed_agree_on_extreme_files(string file, string options)
    {
        Native.Require();
        var (points, clusters) = Files[file];

        var run = CommandRun.Of(["verify", "--input", Save(points), "--clusters", $"{clusters}", "--iterations", "8", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.StartsWith("verdict: native and managed agree", run.Output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("FAILED", run.Output, StringComparison.Ordinal);
        Assert.Matches("ok      exact search +[0-9,]+ neighbors of [0-9]+ points: ", run.Output);
    }

    [Fact]
    public void The_output_describes_the_comparison()
    {
        Native.Require();

        var run = CommandRun.Of("verify", "--input", Save(Files["sampled"].Points), "--clusters", "2", "--seed", "9", "--iterations", "3");

        Assert.Contains("1,212 points of dimension 8 into 2 clusters, seed 9", run.Output, StringComparison.Ordinal);
        Assert.Contains("a sample of 512 points", run.Output, StringComparison.Ordinal);
        Assert.Contains(FaissLibrary.Info.Version, run.Output, StringComparison.Ordinal);
        Assert.Contains($"{NearestCentroid.Fastest.Name} kernel", run.Output, StringComparison.Ordinal);
        Assert.Contains("2,048 compared", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Centering_is_advised_far_from_the_origin_and_helps()
    {
        Native.Require();
        var input = Save([.. TestData.Uniform(2000, 16).Select(component => 1000 + component)], 16);

        var far = CommandRun.Of("verify", "--input", input, "--clusters", "20");
        var centered = CommandRun.Of("verify", "--input", input, "--clusters", "20", "--center");

        Assert.Equal((0, 0), (far.ExitCode, centered.ExitCode));
        Assert.Contains("advice: use --center", far.Output, StringComparison.Ordinal);
        Assert.Contains("neither backend is at fault", far.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("advice", centered.Output, StringComparison.Ordinal);
        Assert.Contains("they do not diverge", centered.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_centroid_outside_its_points_is_reported_with_the_advice_to_sum_accurately()
    {
        Native.Require();
        var input = Save([.. TestData.Uniform(300_000, 1).Select(component => 1000 + component)], 1);
        string[] arguments = ["verify", "--input", input, "--clusters", "1", "--iterations", "2", "--max-points-per-centroid", "300000"];

        var run = CommandRun.Of(arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FAILED  centroids in range", run.Output, StringComparison.Ordinal);
        Assert.Contains("centroid 0, component 0: 1002.", run.Output, StringComparison.Ordinal);
        Assert.Contains("FAILED  means in double", run.Output, StringComparison.Ordinal);
        Assert.Contains("ok      centroids, splits", run.Output, StringComparison.Ordinal);
        Assert.Contains("advice: accurate sums are needed: use --sums double, or --center", run.Output, StringComparison.Ordinal);
        Assert.Contains("verdict: native and managed agree with each other, but native is WRONG on this data: centroids in range; means in double", run.Output, StringComparison.Ordinal);
        foreach (var cure in (string[][])[["--sums", "double"], ["--center"]])
        {
            var cured = CommandRun.Of([.. arguments, .. cure]);
            Assert.True(cured.ExitCode == 0, cured.Output);
            Assert.DoesNotContain("accurate sums are needed", cured.Output, StringComparison.Ordinal);
        }

        Assert.Contains("but both are WRONG", CommandRun.Of([.. arguments, "--sums", "single"]).Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(FilesWithAndWithoutSpherical))]
    public void Managed_agrees_with_itself(string file, bool spherical)
    {
        var (points, clusters) = Files[file];

        var run = Verify(points, clusters, new KMeansOptions { Spherical = spherical, MaxIterations = 5 }, new ManagedReference());

        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void Swapped_assignments_are_a_fault_of_the_first_point()
    {
        var run = Verify(new ManagedReference { Labels = labels => (labels[16], labels[17]) = (labels[17], labels[16]) });

        AssertDisagreement(run, "assignments", "iteration 0, point 16: native returns cluster");
        Assert.Contains(": native is wrong", run.Output, StringComparison.Ordinal);
        Assert.Contains("to reproduce: faiss-sdk verify --input", run.Output, StringComparison.Ordinal);
        Assert.Contains("--clusters 12 --iterations 1 --seed 5", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_that_is_not_a_cluster_is_a_fault() =>
        AssertDisagreement(Verify(new ManagedReference { Labels = labels => labels[3] = -1 }), "assignments", "native returns -1, which is not a cluster");

    [Fact]
    public void Points_are_numbered_as_in_the_file()
    {
        var rows = RandomSample.SubsampleRows(1000, 20 * Clusters, 5);

        var run = Verify(Files["clustered"].Points, Clusters, new KMeansOptions { Seed = 5, MaxPointsPerCentroid = 20 }, new ManagedReference { Labels = labels => labels[7] = (labels[7] + 1) % Clusters });

        AssertDisagreement(run, "assignments", $"iteration 0, point {rows[7]}: ");
    }

    [Fact]
    public void A_different_seed_is_a_fault_of_the_start() =>
        AssertDisagreement(Verify(new ManagedReference { Options = options => options with { Seed = options.Seed + 1 } }), "initial centroids", "  initial centroid 0, component ");

    [Fact]
    public void A_different_last_bit_of_a_centroid_is_a_fault()
    {
        var run = Verify(new ManagedReference
        {
            Step = (step, centroids) =>
            {
                centroids[(4 * Dimension) + 3] = MathF.BitIncrement(centroids[(4 * Dimension) + 3]);
                return step;
            },
        });

        AssertDisagreement(run, "centroids, splits", "iteration 0, new centroid 4, component 3: native");
    }

    [Fact]
    public void A_missing_split_is_a_fault()
    {
        var run = Verify(Files["duplicates"].Points, Clusters, new KMeansOptions { Seed = 5 }, new ManagedReference { Step = (step, _) => step with { Splits = step.Splits - 1 } });

        AssertDisagreement(run, "centroids, splits", "splits of clusters: native");
    }

    [Fact]
    public void A_different_imbalance_is_a_fault() =>
        AssertDisagreement(Verify(new ManagedReference { Step = (step, _) => step with { Imbalance = double.BitIncrement(step.Imbalance) } }), "centroids, splits", "imbalance: native");

    [Theory]
    [InlineData(1.001f)]
    [InlineData(float.NaN)]
    public void A_different_objective_is_a_fault(float factor) =>
        AssertDisagreement(Verify(new ManagedReference { Step = (step, _) => step with { Objective = step.Objective * factor } }), "objectives", "objective: native returns");

    [Fact]
    public void A_centroid_far_from_the_mean_is_a_fault()
    {
        var run = Verify(new ManagedReference
        {
            Step = (step, centroids) =>
            {
                centroids[0] += 0.4f;
                return step;
            },
        });

        AssertDisagreement(run, "means in double", "native, iteration 0, centroid 0, component 0: ");
    }

    [Fact]
    public void A_fault_is_found_despite_rounding_errors()
    {
        var run = Verify(
            Files["far from the origin"].Points,
            Clusters,
            new KMeansOptions { Seed = 5 },
            new ManagedReference
            {
                Step = (step, centroids) =>
                {
                    centroids[0] += 1;
                    return step;
                },
            });

        AssertDisagreement(run, "centroids, splits", "new centroid 0, component 0");
    }

    [Fact]
    public void Spherical_centroids_beyond_rounding_are_a_fault()
    {
        var run = Verify(
            Files["uniform"].Points,
            Clusters,
            new KMeansOptions { Seed = 5, Spherical = true },
            new ManagedReference
            {
                Step = (step, centroids) =>
                {
                    centroids[0] *= 1.001f;
                    return step;
                },
            });

        AssertDisagreement(run, "centroids, splits", "new centroid 0, component 0");
    }

    [Fact]
    public void A_tie_decided_differently_is_no_fault()
    {
        // The last two points are equally near to both clusters.
        float[] points = [.. Enumerable.Repeat<float[]>([0, 0, 2, 0], 20).SelectMany(point => point), 1, 5, 1, -5];
        var first = true;
        var reference = new ManagedReference
        {
            Labels = labels =>
            {
                labels[40] = first ? 1 - labels[40] : labels[40];
                first = false;
            },
        };

        var run = Verify(points, 2, new KMeansOptions { MaxIterations = 1, Seed = SeedOfStartAt(points, 0, 1) }, reference, dimension: 2);

        // The step does not follow the labels; only that may be reported.
        Assert.Contains("differ within rounding error", run.Output, StringComparison.Ordinal);
        Assert.Contains("ok      assignments", run.Output, StringComparison.Ordinal);
        AssertDisagreement(run, "centroids, splits", "the mean of native's points");
        Assert.Contains("neither backend is at fault", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Verifying_can_be_canceled()
    {
        using var canceled = new CancellationTokenSource();
        var reference = new ManagedReference
        {
            Step = (step, _) =>
            {
                canceled.Cancel();
                return step;
            },
        };

        Assert.ThrowsAny<OperationCanceledException>(() => Verify(Files["uniform"].Points, Clusters, new KMeansOptions(), reference, cancellationToken: canceled.Token));
    }

    [Fact]
    public void Bad_input_is_refused_with_the_name_of_the_file()
    {
        var input = Save([1, 2, 3, float.NaN, 5, 6], dimension: 2);
        using var output = new StringWriter();

        var e = Assert.Throws<InvalidDataException>(() => VerifyJob.Run(new VerifyRequest(new VectorSource(input), 2, new KMeansOptions()), VectorFile.Read(input), new ManagedReference(), Console(output), CancellationToken.None));

        Assert.StartsWith($"{input}: component 1 of vector 1 (both counted from 0) is NaN", e.Message, StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Theory]
    [InlineData("--clusters", "0")]
    [InlineData("--iterations", "0")]
    [InlineData("--seed", "-1")]
    [InlineData("--threads", "0")]
    [InlineData("--max-points-per-centroid", "none")]
    [InlineData("--sums", "exact")]
    public void An_invalid_value_is_reported_with_its_option(string option, string value)
    {
        var input = Save(Files["uniform"].Points);

        var run = CommandRun.Of(option == "--clusters" ? ["verify", "--input", input, option, value] : ["verify", "--input", input, "--clusters", "6", option, value]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"faiss-sdk: error: {option} is '{value}', expected ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none.npy", "does not exist")]
    [InlineData("x.parquet", "is unknown")]
    public void An_unreadable_file_is_bad_input(string name, string expected)
    {
        _folder.Write("x.parquet", "1");

        var run = CommandRun.Of("verify", "--input", _folder.File(name), "--clusters", "2");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void More_clusters_than_points_is_bad_input()
    {
        Native.Require();

        var run = CommandRun.Of("verify", "--input", Save(Files["k = n"].Points), "--clusters", "13");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--clusters is 13, but", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Points_that_an_exact_search_does_not_serve_are_verified_without_it()
    {
        Native.Require();
        const int Long = (1 << 17) + 1;
        var run = CommandRun.Of("verify", "--input", Save(TestData.Uniform(4, Long), Long), "--clusters", "2", "--iterations", "2");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("  -       exact search       not compared: the managed search serves at most 131,072 components", run.Output, StringComparison.Ordinal);

        // Near their mean, and far from the origin.
        var points = Array.ConvertAll(TestData.Uniform(300, 2), value => 2e19f + (value * 1e16f));
        run = CommandRun.Of("verify", "--input", Save(points, 2), "--clusters", "3", "--iterations", "2", "--center");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("exact search       not compared: a point has length 2.83E+19", run.Output, StringComparison.Ordinal);
        run = CommandRun.Of("verify", "--input", Save(points, 2), "--clusters", "3", "--iterations", "2", "--center", "--json");
        Assert.Contains("\"exactSearch\": \"not compared: a point has", run.Output, StringComparison.Ordinal);
    }

    private static CommandConsole Console(TextWriter? output = null) => CommandConsole.ForWriters(output ?? TextWriter.Null, TextWriter.Null);

    private static int SeedOfStartAt(float[] points, params int[] rows) =>
        Enumerable.Range(0, 10000).First(seed => RandomSample.Permutation(points.Length / 2, rows.Length, RandomSample.SeedOfRedo(seed, 0)).Order().SequenceEqual(rows));

    private static void AssertDisagreement(CommandRun run, string check, string fault)
    {
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"FAILED  {check}", run.Output, StringComparison.Ordinal);
        Assert.Contains("verdict: native and managed DISAGREE on this data: ", run.Output, StringComparison.Ordinal);
        Assert.Contains(fault, run.Output, StringComparison.Ordinal);
    }

    private static CommandRun Verify(ManagedReference reference) => Verify(Files["uniform"].Points, Clusters, new KMeansOptions { Seed = 5 }, reference);

    private static CommandRun Verify(float[] points, int clusters, KMeansOptions options, ManagedReference reference, int dimension = Dimension, CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter();
        var exitCode = VerifyJob.Run(new VerifyRequest(new VectorSource("points.fvecs"), clusters, options), new VectorSet(points, dimension), reference, Console(output), cancellationToken);
        return new CommandRun(exitCode, output.ToString(), "");
    }

    private string Save(float[] points, int dimension = Dimension)
    {
        var path = _folder.File("points.fvecs");
        VectorFile.Write(path, points, dimension);
        return path;
    }
}
