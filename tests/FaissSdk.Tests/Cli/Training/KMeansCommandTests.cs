using System.Globalization;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class KMeansCommandTests : IDisposable
{
    private const int Count = 500;
    private const int Dimension = 4;

    private readonly TemporaryFolder _folder = new();
    private readonly string _input;
    private readonly float[] _points = TestData.Clustered(Count, Dimension, clusters: 6);

    public KMeansCommandTests()
    {
        _input = _folder.File("points.fvecs");
        VectorFile.Write(_input, _points, Dimension);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Centroids_and_assignments_are_those_of_the_library()
    {
        var run = CommandRun.Of("kmeans", "--input", _input, "--clusters", "6", "--backend", "managed", "--seed", "5", "--centroids", _folder.File("c.npy"), "--assignments", _folder.File("a.txt"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var expected = ManagedKMeans.Train(_points, Dimension, 6, new KMeansOptions { Seed = 5 });
        Assert.Equal(expected.Centroids, VectorFile.Read(_folder.File("c.npy")).Values);
        Assert.Equal(expected.Assign(_points), File.ReadLines(_folder.File("a.txt")).Select(line => long.Parse(line, CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData(-1, 250, true)]
    [InlineData(0, 256, true)]
    [InlineData(-0.25f, 255.25f, false)]
    public void Centroids_beyond_bytes_are_refused_before_the_training(float least, float greatest, bool isRefused)
    {
        VectorFile.Write(_input, new[] { least, least, least, greatest, greatest, greatest }, 1);

        var run = CommandRun.Of("kmeans", "--input", _input, "--clusters", "2", "--backend", "managed", "--integer-centroids", "--centroids", _folder.File("c.bvecs"));

        Assert.Equal(isRefused ? 2 : 0, run.ExitCode);
        Assert.Equal(isRefused, run.Output.Length == 0);
        Assert.Equal(isRefused, run.Error.Contains("can store only integers from 0 to 255, and the components of", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_training_option_reaches_the_library()
    {
        var run = CommandRun.Of(
            "kmeans", "--input", _input, "--clusters", "5", "--backend", "managed", "--iterations", "4", "--redos", "3", "--seed", "8", "--spherical",
            "--max-points-per-centroid", "20", "--no-early-stop", "--centroids", _folder.File("c.fvecs"));

        Assert.Equal(0, run.ExitCode);
        var expected = ManagedKMeans.Train(_points, Dimension, 5, new KMeansOptions { MaxIterations = 4, Redos = 3, Seed = 8, Spherical = true, MaxPointsPerCentroid = 20, StopWhenConverged = false });
        Assert.Equal(expected.Centroids, VectorFile.Read(_folder.File("c.fvecs")).Values);
    }

    [Fact]
    public void Initialization_and_center_reach_the_library()
    {
        var run = CommandRun.Of(
            "kmeans", "--input", _input, "--clusters", "5", "--backend", "managed", "--iterations", "2", "--init", "kmeans++", "--center", "--threads", "1", "--no-pruning", "--centroids", _folder.File("c.fvecs"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var expected = ManagedKMeans.Train(_points, Dimension, 5, new KMeansOptions { MaxIterations = 2, Initialization = KMeansInitialization.KMeansPlusPlus, Center = true });
        Assert.Equal(expected.Centroids, VectorFile.Read(_folder.File("c.fvecs")).Values);
    }

    [Fact]
    public void Center_and_spherical_cannot_be_combined()
    {
        var run = CommandRun.Of("kmeans", "--input", _input, "--clusters", "5", "--backend", "managed", "--center", "--spherical");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("--center cannot be combined with --spherical", AssertOneErrorLine(run), StringComparison.Ordinal);
    }

    [Fact]
    public void Integer_centroids_can_be_written_as_bytes()
    {
        var run = CommandRun.Of("kmeans", "--input", _input, "--clusters", "6", "--backend", "managed", "--integer-centroids", "--centroids", _folder.File("c.bvecs"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(6, VectorFile.Read(_folder.File("c.bvecs")).Count);
    }

    [Theory]
    [InlineData(255, 20)]
    [InlineData(255.4f, 2)]
    public void Components_that_splits_move_beyond_bytes_are_written_as_the_nearest(float value, int clusters)
    {
        VectorFile.Write(_input, Enumerable.Repeat(value, 50 * Dimension).ToArray(), Dimension);

        var run = CommandRun.Of("kmeans", "--input", _input, "--clusters", $"{clusters}", "--backend", "managed", "--integer-centroids", "--centroids", _folder.File("c.bvecs"));

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("^faiss-sdk: note: --centroids: splits of empty clusters have moved [0-9]+ components? beyond 0 to 255; .*c.bvecs has the nearest of these numbers\\.\n$", run.Error);
        Assert.All(VectorFile.Read(_folder.File("c.bvecs")).Values, component => Assert.InRange(component, 248, 255));
    }

    [Fact]
    public void Output_has_shape_backend_sample_and_winning_redo()
    {
        var run = CommandRun.Of("kmeans", "--input", _input, "--clusters", "6", "--backend", "managed", "--redos", "2", "--max-points-per-centroid", "30");

        Assert.Contains("500 points of dimension 4, 6 clusters", run.Output, StringComparison.Ordinal);
        Assert.Contains("backend: managed", run.Output, StringComparison.Ordinal);
        Assert.Contains("random sample of 180 of 500 points", run.Output, StringComparison.Ordinal);
        Assert.Contains("of 2 won and is shown", run.Output, StringComparison.Ordinal);
        Assert.Contains("warning: 180 points are few for 6 clusters", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Redirected_output_is_plain_and_80_columns_wide()
    {
        var run = CommandRun.Of("kmeans", "--input", _input, "--clusters", "6", "--backend", "managed");

        Assert.DoesNotContain('\u001b', run.Output);
        Assert.All(run.Output.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)), line => Assert.InRange(line.TrimEnd().Length, 0, 80));
    }

    [Fact]
    public void Both_backends_agree_and_native_results_are_written()
    {
        Native.Require();

        var run = CommandRun.Of("kmeans", "--input", _input, "--clusters", "6", "--backend", "both", "--centroids", _folder.File("c.npy"), "--assignments", _folder.File("a.txt"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("verdict: the backends agree", run.Output, StringComparison.Ordinal);
        Assert.Contains("wrote 6 centroids (native)", run.Output, StringComparison.Ordinal);
        var expected = FaissSdk.KMeans.Train(_points, Dimension, 6, new KMeansOptions { Backend = KMeansBackend.Native });
        Assert.Equal(expected.Centroids, VectorFile.Read(_folder.File("c.npy")).Values);
        Assert.Equal(expected.Assign(_points), File.ReadLines(_folder.File("a.txt")).Select(line => long.Parse(line, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Canceling_writes_nothing()
    {
        using var canceled = new CancellationTokenSource();
        canceled.Cancel();

        var run = CommandRun.Of(["kmeans", "--input", _input, "--clusters", "6", "--backend", "managed", "--centroids", _folder.File("c.npy")], canceled.Token);

        Assert.Equal((130, "faiss-sdk: canceled"), (run.ExitCode, run.Error.Trim()));
        Assert.Equal(["points.fvecs"], _folder.Names);
    }

    [Theory]
    [InlineData("--clusters", "0")]
    [InlineData("--clusters", "-3")]
    [InlineData("--clusters", "many")]
    [InlineData("--clusters", "3000000000")]
    [InlineData("--iterations", "0")]
    [InlineData("--redos", "0")]
    [InlineData("--seed", "-1")]
    [InlineData("--max-points-per-centroid", "0")]
    [InlineData("--threads", "0")]
    [InlineData("--threads", "-1")]
    [InlineData("--init", "forgy")]
    [InlineData("--init", "1")]
    [InlineData("--backend", "gpu")]
    [InlineData("--backend", "3")]
    public void An_invalid_value_is_reported_with_its_option(string option, string value)
    {
        var run = CommandRun.Of(option == "--clusters" ? ["kmeans", "--input", _input, option, value] : ["kmeans", "--input", _input, "--clusters", "6", option, value]);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"faiss-sdk: error: {option} is '{value}', expected ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("--centroids", "c.parquet", "expected .fvecs, .bvecs, .npy or .csv")]
    [InlineData("--assignments", "a.fvecs", "expected .npy, .ivecs, .csv or .txt")]
    [InlineData("--centroids", "nowhere/c.npy", "does not exist")]
    [InlineData("--centroids", "points.fvecs", "is the input file")]
    [InlineData("--centroids", "c.bvecs", "add --integer-centroids")]
    [InlineData("--centroids", "folder.npy", "is a directory")]
    [InlineData("--centroids", "centroids", "has no extension")]
    [InlineData("--assignments", "a.parquet", "--assignments: ")]
    public void An_invalid_output_is_refused_before_the_training(string option, string name, string expected)
    {
        Directory.CreateDirectory(_folder.File("folder.npy"));

        var run = CommandRun.Of("kmeans", "--input", _input, "--clusters", "6", "--backend", "managed", option, _folder.File(name));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, AssertOneErrorLine(run), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unwritable_folder_fails_before_the_training()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /proc, a folder that even a privileged process cannot write to.");

        var run = CommandRun.Of("kmeans", "--input", _input, "--clusters", "6", "--backend", "managed", "--centroids", "/proc/c.npy");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("--centroids: no file can be created in the folder /proc", AssertOneErrorLine(run), StringComparison.Ordinal);
    }

    [Fact]
    public void One_file_for_two_outputs_is_refused()
    {
        var run = CommandRun.Of("kmeans", "--input", _input, "--clusters", "6", "--centroids", _folder.File("x.csv"), "--assignments", _folder.File("x.csv"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("both name", AssertOneErrorLine(run), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e39")]
    public void A_number_that_is_not_finite_is_named_with_its_line(string component)
    {
        var path = _folder.Write("x.csv", $"1,2\n3,{component}\n5,6\n");

        var run = CommandRun.Of("kmeans", "--input", path, "--clusters", "2", "--backend", "managed");

        Assert.Equal(2, run.ExitCode);
        var error = AssertOneErrorLine(run);
        Assert.StartsWith($"faiss-sdk: error: {path}: ", error, StringComparison.Ordinal);
        Assert.Contains($"line 2, field 2: '{component}' is not a finite number", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_component_that_is_not_finite_is_named_with_its_vector()
    {
        var path = _folder.File("x.npy");
        VectorFile.Write(path, new[] { 1, 2, 3, float.NaN, 5, 6 }, dimension: 2);

        var run = CommandRun.Of("kmeans", "--input", path, "--clusters", "2", "--backend", "managed");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"faiss-sdk: error: {path}: component 1 of vector 1 (both counted from 0) is NaN;", AssertOneErrorLine(run), StringComparison.Ordinal);
    }

    [Fact]
    public void A_vector_too_long_for_single_precision_names_the_file()
    {
        var path = _folder.Write("x.csv", "1,2\n3,1e20\n5,6\n");

        var run = CommandRun.Of("kmeans", "--input", path, "--clusters", "2", "--backend", "managed");

        Assert.Equal(2, run.ExitCode);
        var error = AssertOneErrorLine(run);
        Assert.StartsWith($"faiss-sdk: error: {path}: ", error, StringComparison.Ordinal);
        Assert.Contains("Scale the data down", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", error, StringComparison.Ordinal);
    }

    [Fact]
    public void More_clusters_than_points_is_bad_input()
    {
        var run = CommandRun.Of("kmeans", "--input", _input, "--clusters", "501", "--backend", "managed");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"--clusters is 501, but {_input} has only 500 vectors", AssertOneErrorLine(run), StringComparison.Ordinal);
    }

    [Fact]
    public void An_invalid_file_is_bad_input()
    {
        var run = CommandRun.Of("kmeans", "--input", _folder.Write("x.fvecs", "not vectors"), "--clusters", "2");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("x.fvecs", AssertOneErrorLine(run), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--clusters", "6")]
    [InlineData("--input", "x.npy")]
    public void A_missing_option_is_named(string option, string value)
    {
        var run = CommandRun.Of("kmeans", option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(option == "--input" ? "--clusters" : "--input", AssertOneErrorLine(run), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_command_is_named()
    {
        var run = CommandRun.Of("kmedians");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'kmedians'", AssertOneErrorLine(run), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_command_lists_the_commands()
    {
        var run = CommandRun.Of();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("no command given, expected kmeans, verify, demo, build, search, eval, tune, info, check, convert or doctor.", AssertOneErrorLine(run), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cluster", "unknown option '--cluster'; did you mean --clusters? (See faiss-sdk kmeans --help.)")]
    [InlineData("--seeds", "unknown option '--seeds'; did you mean --seed?")]
    [InlineData("--color", "unknown option '--color'. (See faiss-sdk kmeans --help.)")]
    public void An_unknown_option_is_named_with_a_similar_one(string option, string expected)
    {
        var run = CommandRun.Of("kmeans", "--input", _input, option, "6");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, AssertOneErrorLine(run), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_describes_every_option()
    {
        var run = CommandRun.Of("kmeans", "--help");

        Assert.Equal(0, run.ExitCode);
        foreach (var option in (string[])["--input", "--clusters", "--backend", "--iterations", "--redos", "--seed", "--spherical", "--integer-centroids", "--max-points-per-centroid", "--no-early-stop", "--init", "--center", "--threads", "--sums", "--no-pruning", "--centroids", "--assignments", "--report", "--plot", "--names", "--json"])
        {
            Assert.Matches($@"{option}\b.*\.", run.Output);
        }
    }

    private static string AssertOneErrorLine(CommandRun run)
    {
        var line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("faiss-sdk: error: ", line, StringComparison.Ordinal);
        return line;
    }

    [Theory]
    [InlineData("--assignments", "names.txt")]
    [InlineData("--assignments", "link.txt")]
    [InlineData("--centroids", "link.csv")]
    public void Names_are_not_overwritten(string option, string output)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        var names = _folder.Write("names.txt", string.Join('\n', Enumerable.Range(0, Count).Select(i => $"name {i}")));
        var content = File.ReadAllText(names);
        File.CreateSymbolicLink(_folder.File("link.txt"), names);
        File.CreateSymbolicLink(_folder.File("link.csv"), names);

        var run = CommandRun.Of("kmeans", "--input", _input, "--clusters", "6", "--backend", "managed", "--names", names, option, _folder.File(output));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains($"{option}: {_folder.File(output)} is the input file", run.Error, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(names));
    }
}
