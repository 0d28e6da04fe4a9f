using System.Globalization;

namespace FaissSdk.Tests.Cli;

/// <summary>Names outputs so that they are the input, or each other, under another name.</summary>
public sealed class OutputFileTests : IDisposable
{
    private const string Points = "1,2\n3,4\n5,7\n";

    private readonly TemporaryFolder _folder = new();
    private readonly string _input;

    public OutputFileTests() => _input = _folder.Write("points.csv", Points);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_symbolic_link_to_the_input_is_refused() => RefusesInput(Link("link.csv", _input));

    [Fact]
    public void A_link_to_a_link_to_the_input_is_refused() => RefusesInput(Link("second.csv", Link("first.csv", "points.csv")));

    [Fact]
    public void The_input_through_a_linked_folder_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links want privileges there.");
        Directory.CreateSymbolicLink(_folder.File("folder"), _folder.Path);

        RefusesInput(Path.Combine(_folder.File("folder"), "points.csv"));
    }

    [Fact]
    public void A_hard_link_to_the_input_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Created by ln.");
        NamedPipe.Run("ln", _input, _folder.File("hard.csv"));

        RefusesInput(_folder.File("hard.csv"));
    }

    [Fact]
    public void Another_spelling_of_the_input_is_refused() => RefusesInput(Path.Combine(_folder.CreateFolder("x"), "..", ".", "points.csv"));

    [Fact]
    public void An_open_file_that_is_the_input_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Open files are named below /proc there.");
        using var open = new FileStream(_input, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var descriptor = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{open.SafeFileHandle.DangerousGetHandle()}");

        // The name needs an extension, which descriptors do not have.
        RefusesInput(Link("fd.csv", descriptor));
    }

    [Fact]
    public void An_input_that_is_a_link_to_the_output_is_refused()
    {
        var link = Link("link.csv", "points.csv");

        var run = KMeans("--input", link, "--assignments", _input);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"--assignments: {_input} is the input file {link}; choose another one.", run.Error, StringComparison.Ordinal);
        Assert.Equal(Points, File.ReadAllText(_input));
    }

    [Fact]
    public void Two_links_to_one_output_are_refused()
    {
        _folder.Write("target", "old");

        RefusesPair(Link("c.csv", "target"), Link("a.csv", "target"));
    }

    [Fact]
    public void Two_links_to_one_missing_output_are_refused() => RefusesPair(Link("c.csv", "absent"), Link("a.csv", "absent"));

    [Fact]
    public void A_link_to_the_other_output_is_refused() => RefusesPair(_folder.File("c.csv"), Link("a.csv", "c.csv"));

    [Fact]
    public void Two_spellings_of_one_missing_output_are_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links want privileges there.");
        Directory.CreateSymbolicLink(_folder.File("folder"), _folder.Path);

        RefusesPair(_folder.File("x.csv"), Path.Combine(_folder.File("folder"), "x.csv"));
    }

    [Fact]
    public void Two_hard_links_to_one_output_are_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Created by ln.");
        NamedPipe.Run("ln", _folder.Write("c.csv", "old"), _folder.File("a.csv"));

        RefusesPair(_folder.File("c.csv"), _folder.File("a.csv"));
    }

    [Fact]
    public void Outputs_whose_names_differ_by_case_are_two_files()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other file systems ignore the case.");

        var run = KMeans("--input", _input, "--centroids", _folder.File("x.csv"), "--assignments", _folder.File("X.csv"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(["X.csv", "points.csv", "x.csv"], _folder.Names);
    }

    [Fact]
    public void A_link_to_another_file_is_written_through()
    {
        var target = _folder.Write("target", "old");

        var run = KMeans("--input", _input, "--centroids", Link("c.csv", "target"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("3,4.3333335\n", File.ReadAllText(target));
        Assert.Equal("target", new FileInfo(_folder.File("c.csv")).LinkTarget);
    }

    [Fact]
    public void A_link_into_a_missing_folder_is_refused_before_the_training()
    {
        var run = KMeans("--input", _input, "--centroids", Link("c.csv", _folder.File("absent/c.csv")));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("absent does not exist; create it first.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_named_pipe_is_written_and_stays_a_pipe()
    {
        var pipe = NamedPipe.Create(_folder.File("c.csv"));
        var read = Task.Run(() => File.ReadAllText(pipe));

        var run = KMeans("--input", _input, "--centroids", pipe);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        NamedPipe.Run("test", "-p", pipe);
        Assert.Equal("3,4.3333335\n", await read.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_file_in_memory_is_written()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "There is no /dev/shm.");
        var path = $"/dev/shm/faiss-sdk-{Guid.NewGuid():N}.csv";
        try
        {
            var run = KMeans("--input", _input, "--centroids", path);

            Assert.Equal((0, ""), (run.ExitCode, run.Error));
            Assert.Equal("3,4.3333335\n", File.ReadAllText(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static CommandRun KMeans(params string[] arguments) => CommandRun.Of(["kmeans", .. arguments, "--clusters", "1", "--backend", "managed"]);

    private string Link(string name, string target)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links want privileges there.");
        File.CreateSymbolicLink(_folder.File(name), target);
        return _folder.File(name);
    }

    private void RefusesInput(string output)
    {
        foreach (var option in (string[])["--centroids", "--assignments"])
        {
            var run = KMeans("--input", _input, option, output);

            Assert.Equal((2, ""), (run.ExitCode, run.Output));
            Assert.Contains($"{option}: {output} is the input file {_input}; choose another one.", run.Error, StringComparison.Ordinal);
            Assert.Equal(Points, File.ReadAllText(_input));
        }
    }

    private void RefusesPair(string centroids, string assignments)
    {
        var run = KMeans("--input", _input, "--centroids", centroids, "--assignments", assignments);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains($"--centroids and --assignments both name {centroids} (as {assignments}); choose two files.", run.Error, StringComparison.Ordinal);
    }
}
