using System.Collections.Concurrent;
using System.Globalization;

namespace FaissSdk.Tests.Files;

/// <summary>Loads damaged index files and uses what was loaded, in separate processes.</summary>
public sealed class DamagedFilesTests(DamagedFilesTests.Fixture fixture) : IClassFixture<DamagedFilesTests.Fixture>
{
    public static TheoryData<string> Kinds => [.. IndexFiles.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_damaged_file_that_loads_does_not_end_the_process(string name)
    {
        var files = Use(name, validate: false, fixture.Report);
        if (FaissLibrary.Supports("faiss_sdk_check_index"))
        {
            // FAISS's readers themselves may end the process, which only a validation prevents.
            Assert.All(files, file => Assert.False(DamageReport.IsEnd(file.Outcome) && !file.Detail.Contains("[in Load", StringComparison.Ordinal), $"{file.Outcome}: {file.Detail}"));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_validated_file_never_ends_the_process(string name)
    {
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_try_file"), "The library was not built with FaissSdk's functions.");
        Assert.All(Use(name, validate: true, fixture.ValidationReport), file => Assert.False(DamageReport.IsEnd(file.Outcome), $"{file.Outcome}: {file.Detail}"));
    }

    private (string Outcome, string Detail)[] Use(string name, bool validate, DamageReport report)
    {
        Native.Require();
        var kind = IndexFiles.All.Single(kind => kind.Name == name);
        var path = Path.Combine(fixture.Folder, "whole");
        kind.Write(path);
        var original = File.ReadAllBytes(path);
        var (whole, words) = fixture.Use(original, kind.IsBinary, validate);
        Assert.True(whole.StartsWith(IndexUser.Used, StringComparison.Ordinal), $"{whole} {words}");

        var files = Partitioner.Create(FileMutation.Of(original, FileMutation.Seed(name)).Take(Fixture.Files), EnumerablePartitionerOptions.NoBuffering).AsParallel()
            .WithDegreeOfParallelism(Fixture.Users).Select(file => Damage(original, file, kind.IsBinary, whole, validate)).ToArray();
        report.Add(name, files);
        return files;
    }

    private (string Outcome, string Detail) Damage(byte[] original, byte[] file, bool binary, string whole, bool validate)
    {
        var (outcome, words) = fixture.Use(file, binary, validate);
        return outcome.StartsWith(IndexUser.Used, StringComparison.Ordinal)
            ? (outcome == whole ? IndexUser.Used : "partly", "")
            : (outcome, DamageReport.IsEnd(outcome) ? $"{new FileDifference(original, file).Description} [{words}]" : "");
    }

    public sealed class Fixture : IDisposable
    {
        public const int Users = 3;

        private const int DefaultFiles = 20;

        private readonly TemporaryFolder _folder = new();
        private readonly BlockingCollection<IndexUser> _free = [];

        public Fixture()
        {
            for (var i = 0; i < Users && Native.IsAvailable; i++)
            {
                _free.Add(new IndexUser(FaissLibrary.Info.Path, Folder, TimeSpan.FromSeconds(8)));
            }
        }

        public static int Files { get; } = Environment.GetEnvironmentVariable("FAISS_SDK_DAMAGES") is { Length: > 0 } number
            ? int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture)
            : DefaultFiles;

        public string Folder => _folder.Path;

        internal DamageReport Report { get; } = new($"Damaged index files, loaded and used: {Files} of a kind");

        internal DamageReport ValidationReport { get; } = new($"Damaged index files, validated, loaded and used: {Files} of a kind");

        public void Dispose()
        {
            Report.Write("damaged-files");
            ValidationReport.Write("validated-files");
            while (_free.TryTake(out var user))
            {
                user.Dispose();
            }

            _free.Dispose();
            _folder.Dispose();
        }

        internal (string Outcome, string Words) Use(byte[] file, bool binary, bool validate)
        {
            var user = _free.Take();
            try
            {
                return (user.Use(file, binary, validate), user.LastWords);
            }
            finally
            {
                _free.Add(user);
            }
        }
    }
}
