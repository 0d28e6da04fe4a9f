using System.Diagnostics;

namespace FaissSdk.Tests.Files;

/// <summary>Tests the program that loads mutated files with a library that fails on demand.</summary>
public sealed class IndexLoaderTests(IndexLoaderTests.Fixture fixture) : IClassFixture<IndexLoaderTests.Fixture>
{
    [Theory]
    [InlineData("L", "loaded")]
    [InlineData("R", "rejected -4")]
    [InlineData("M", "rejected -2")]
    [InlineData("A", "killed SIGABRT")]
    [InlineData("S", "killed SIGSEGV")]
    [InlineData("F", "killed SIGFPE")]
    [InlineData("E", "exited 3")]
    [InlineData("T", "timeout")]
    [InlineData("", "rejected -1")]
    public void The_outcome_of_a_reader_is_reported(string content, string outcome)
    {
        using var loader = fixture.NewLoader();
        var file = System.Text.Encoding.ASCII.GetBytes(content);
        Assert.Equal(outcome, loader.Load(file, binary: false));
        Assert.Equal("rejected -3", loader.Load(file, binary: true));
        Assert.Equal("loaded", loader.Load("L"u8.ToArray(), binary: false));
    }

    [Fact]
    public void A_library_that_does_not_load_is_reported()
    {
        var error = Assert.Throws<InvalidOperationException>(() => fixture.NewLoader("/nonexistent/libfaiss_c.so"));
        Assert.Contains("/nonexistent/libfaiss_c.so", error.Message);
    }

    [Fact]
    public void A_program_without_the_protocol_is_reported()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The program is one of Linux.");
        Assert.Throws<InvalidOperationException>(() => new IndexLoader("/bin/echo", "x", fixture.Folder, 1));
        var clock = Stopwatch.StartNew();
        Assert.Contains("does not answer", Assert.Throws<InvalidOperationException>(() => new IndexLoader("sleep", "30", fixture.Folder, 1, patience: TimeSpan.Zero)).Message);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20));
    }

    public sealed class Fixture : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly Lazy<(string Program, string Library)> _compiled;

        public Fixture() => _compiled = new(() => (
            IndexLoader.Compile("load_index.c", Path.Combine(Folder, "load_index")),
            IndexLoader.Compile("fails_to_load.c", Path.Combine(Folder, "fails_to_load.so"), "-shared", "-fPIC")));

        public string Folder => _folder.Path;

        public void Dispose() => _folder.Dispose();

        internal IndexLoader NewLoader(string? library = null) =>
            new(_compiled.Value.Program, library ?? _compiled.Value.Library, Folder, seconds: 1);
    }
}
