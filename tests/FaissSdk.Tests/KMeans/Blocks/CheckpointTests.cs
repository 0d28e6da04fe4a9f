namespace FaissSdk.Tests.KMeansTests;

/// <summary>Checkpoints replace their file as <c>Save</c> of an index does.</summary>
public sealed class CheckpointTests : IDisposable
{
    private static readonly KMeansOptions Options = new() { MaxPointsPerCentroid = int.MaxValue, MaxIterations = 3 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_link_stays_and_its_target_is_replaced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        Directory.CreateDirectory(_folder.File("large"));
        File.CreateSymbolicLink(_folder.File("checkpoint"), _folder.File("large/checkpoint"));
        var expected = Train(_folder.File("checkpoint"));
        Assert.NotNull(new FileInfo(_folder.File("checkpoint")).LinkTarget);
        Assert.True(new FileInfo(_folder.File("large/checkpoint")).Length > 0);
        Assert.Equal(["checkpoint"], Directory.GetFiles(_folder.File("large")).Select(Path.GetFileName));
        Assert.Equal(expected.Centroids, Train(_folder.File("checkpoint")).Centroids);
    }

    [Fact]
    public void A_file_keeps_its_permissions()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has other permissions.");
            return;
        }

        Train(_folder.File("checkpoint"));
        File.SetUnixFileMode(_folder.File("checkpoint"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var ended = false;
        Train(_folder.File("checkpoint"), Options, _ => ended = true);
        Assert.False(ended);
        Assert.Throws<InvalidDataException>(() => Train(_folder.File("checkpoint"), Options with { MaxIterations = 5 }));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("checkpoint")));

        // Continued after its first iteration, the training replaces the file.
        File.Delete(_folder.File("checkpoint"));
        Assert.Throws<TimeoutException>(() => Train(_folder.File("checkpoint"), Options, _ => throw new TimeoutException()));
        File.SetUnixFileMode(_folder.File("checkpoint"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Train(_folder.File("checkpoint"), Options, _ => ended = true);
        Assert.True(ended);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("checkpoint")));
    }

    [Fact]
    public void A_message_names_the_checkpoint_and_no_temporary_file()
    {
        var path = _folder.File("absent/checkpoint");
        var error = Assert.Throws<DirectoryNotFoundException>(() => Train(path));
        Assert.Equal($"'{path}' cannot be written: its folder does not exist.", error.Message);
    }

    [Fact]
    public void A_write_protected_checkpoint_is_refused_before_reading()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("The superuser may write protected files.");
            return;
        }

        File.WriteAllText(_folder.File("checkpoint"), "");
        File.SetUnixFileMode(_folder.File("checkpoint"), UnixFileMode.UserRead);
        Assert.Contains("is write-protected", Assert.Throws<UnauthorizedAccessException>(() => Train(_folder.File("checkpoint"))).Message);
    }

    [Theory]
    [InlineData("", "CheckpointPath is empty")]
    [InlineData("/dev/null", "The checkpoint '/dev/null' is a pipe, a device")]
    public async Task What_is_no_file_is_refused_before_reading(string path, string message)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && path.Length > 0, "Windows has no such device.");
        var source = VectorSequence.FromBlocks(() => (IEnumerable<ReadOnlyMemory<float>>)[ThrowRead()], 4);
        Assert.Contains(message, Record.Exception(() => ManagedKMeans.Train(source, 5, Options, new() { CheckpointPath = path }))?.Message);
        var parts = new OneMachineParts([TestData.Uniform(100, 4)], 4, []);
        Assert.Contains(message, (await Record.ExceptionAsync(() => ManagedKMeans.TrainAsync(parts, 5, Options, path)))?.Message);
    }

    [Fact]
    public void A_native_backend_is_refused_for_what_it_lacks()
    {
        var source = VectorSequence.FromMemory(TestData.Uniform(2000, 4), 4);
        var error = Assert.Throws<ArgumentException>(() => KMeansOf(source, new() { CheckpointPath = _folder.File("checkpoint") }));
        Assert.StartsWith("Backend is Native, which has neither checkpoints nor mini-batches.", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => KMeansOf(source, new() { BatchSize = 10 }));
        Assert.StartsWith("Backend is Native, which has neither checkpoints nor mini-batches.", error.Message, StringComparison.Ordinal);
    }

    private static KMeansResult KMeansOf(VectorSequence source, KMeansSourceOptions sourceOptions)
    {
        Native.Require();
        return KMeans.Train(source, 5, new() { Backend = KMeansBackend.Native, MaxPointsPerCentroid = 50 }, sourceOptions);
    }

    private static ReadOnlyMemory<float> ThrowRead() => throw new InvalidOperationException("read");

    private static KMeansResult Train(string path, KMeansOptions? options = null, Action<KMeansIteration>? report = null) => ManagedKMeans.Train(
        VectorSequence.FromMemory(TestData.Uniform(2000, 4), 4), 5, options ?? Options, new() { CheckpointPath = path }, new Immediate(report ?? (_ => { })));
}
