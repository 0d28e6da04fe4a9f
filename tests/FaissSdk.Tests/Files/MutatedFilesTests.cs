using System.Collections.Concurrent;
using System.Globalization;

namespace FaissSdk.Tests.Files;

/// <summary>Loads randomly mutated index files. Crashes of FAISS are counted and reported; they do not fail the test yet.</summary>
public sealed class MutatedFilesTests(MutatedFilesTests.Fixture fixture) : IClassFixture<MutatedFilesTests.Fixture>
{
    public static TheoryData<string> Kinds => [.. IndexFiles.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Mutated_files_are_read_in_a_separate_process(string name)
    {
        Native.Require();
        var kind = IndexFiles.All.Single(kind => kind.Name == name);
        var loaders = fixture.Loaders;
        var path = Path.Combine(fixture.Folder, "whole");
        kind.Write(path);
        var original = File.ReadAllBytes(path);
        string Load(byte[] file) => loaders.Load(file, kind.IsBinary);
        Assert.Equal(IndexLoader.Loaded, Load(original));

        var read = Partitioner.Create(FileMutation.Of(original, FileMutation.Seed(name)).Take(Fixture.Mutations), EnumerablePartitionerOptions.NoBuffering).AsParallel()
            .WithDegreeOfParallelism(IndexLoaders.Count).Select(file => (File: file, Outcome: Load(file))).ToArray();

        var outcomes = read.CountBy(one => one.Outcome).ToDictionary();
        var smallest = read.GroupBy(one => one.Outcome, one => one.File).Where(group => EndsTheReader(group.Key))
            .ToDictionary(group => group.Key, group => Smallest(original, [.. group], group.Key, Load));
        fixture.Report.Add(name, original.Length, outcomes, smallest);

        // If there are few mutations, all of them may load.
        if (Fixture.Mutations >= Fixture.DefaultMutations)
        {
            Assert.Contains(outcomes.Keys, outcome => outcome.StartsWith(IndexLoader.Rejected, StringComparison.Ordinal));
        }
    }

    private static bool EndsTheReader(string outcome) => outcome.Split(' ')[0] is not (IndexLoader.Loaded or IndexLoader.Rejected);

    private static FileDifference Smallest(byte[] original, byte[][] files, string outcome, Func<byte[], string> load)
    {
        var differences = files.Select(file => new FileDifference(original, file)).Order(Comparer<FileDifference>.Create(FileDifference.Compare)).ToArray();

        // A probe that times out takes the full time limit, so no further probe follows it.
        var slow = outcome == IndexLoader.Timeout;
        bool Holds(byte[] file)
        {
            var probe = slow ? null : load(file);
            slow |= probe == IndexLoader.Timeout;
            return probe == outcome;
        }

        var smallest = differences[0];
        foreach (var difference in differences.Take(20).TakeWhile(_ => smallest.Size > 1))
        {
            var minimized = FileDifference.Minimize(original, difference.Mutated, Holds);
            smallest = FileDifference.Compare(minimized, smallest) < 0 ? minimized : smallest;
        }

        return smallest;
    }

    public sealed class Fixture : IDisposable
    {
        public const int DefaultMutations = 50;

        private const string MutationsVariable = "FAISS_SDK_MUTATIONS";
        private const int Seconds = 10;

        private readonly TemporaryFolder _folder = new();
        private readonly Lazy<IndexLoaders> _loaders;

        public Fixture() => _loaders = new Lazy<IndexLoaders>(() => new IndexLoaders(FaissLibrary.Info.Path, Folder, Seconds));

        public static int Mutations { get; } = Environment.GetEnvironmentVariable(MutationsVariable) is { Length: > 0 } number
            ? int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture)
            : DefaultMutations;

        public string Folder => _folder.Path;

        internal IndexLoaders Loaders => _loaders.Value;

        internal MutationReport Report { get; } = new(Mutations);

        public void Dispose()
        {
            Report.Write();
            if (_loaders.IsValueCreated)
            {
                Loaders.Dispose();
            }

            _folder.Dispose();
        }
    }
}
