using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Benchmarks;

/// <summary>Builds an index on disk from blocks of vectors, and measures its time, its private memory and what it finds.</summary>
internal sealed class OnDiskBuild(TextWriter output, int count, int dimension, int lists, long memoryLimit, string folder)
{
    private const int Block = 100_000;
    private const int Neighbors = 10;
    private const int Queries = 200;
    private const int Probes = 16;
    private const int VectorsPerCentroid = 40;

    private readonly MemoryPeak _peak = new();
    private readonly float[] _centers = Centers(dimension);

    public static void Run(TextWriter output, int count, int dimension, int lists, int memoryMiB, string folder) =>
        new OnDiskBuild(output, count, dimension, lists, (long)memoryMiB << 20, folder).Run();

    private void Run()
    {
        var path = Path.Combine(folder, "large.faiss");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"FAISS {FaissLibrary.Info.Version}, {count:N0} × {dimension} (`IVF{lists},Flat`), limit {memoryLimit >> 20} MiB, {FaissThreads.Default} threads\n"));
        output.WriteLine("| step | s | peak of private memory, MiB | mapped beside it, MiB |\n|---|---:|---:|---:|");
        using var trained = FaissIndex.Create(dimension, $"IVF{lists},Flat");
        Step("training", () => trained.Train(Vectors(-1, Math.Min(count, lists * VectorsPerCentroid))));

        var queries = Vectors(-2, Queries);
        var exact = new NearestOfBlocks(queries, dimension, Neighbors);
        using (var builder = new OnDiskIndexBuilder(trained, path, memoryLimit))
        {
            Step("adding", () =>
            {
                for (var start = 0; start < count; start += Block)
                {
                    builder.Add(Vectors(start / Block, Math.Min(Block, count - start)));
                }
            });
            Step("merging", () => builder.Build().Dispose());
        }

        // Separate from the build, so that its time does not count.
        for (var start = 0; start < count; start += Block)
        {
            exact.Add(Vectors(start / Block, Math.Min(Block, count - start)), start);
        }

        GC.Collect();
        using var index = FaissIndex.Load(path, IndexReadOptions.ReadOnly);
        index.SetParameter("nprobe", Probes);
        SearchResult? found = null;
        Step(string.Create(CultureInfo.InvariantCulture, $"searching {Queries} queries, nprobe {Probes}"), () => found = index.Search(queries, Neighbors));
        Step("the same again", () => found = index.Search(queries, Neighbors));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nRecall@{Neighbors}: {Share(exact.Ids, found!.Ids):F3}. Files: {new FileInfo(path).Length >> 10} KiB, {new FileInfo(Path.ChangeExtension(path, ".ivfdata")).Length >> 20} MiB."));
        Compare(trained, index, queries);
        File.Delete(path);
        File.Delete(Path.ChangeExtension(path, ".ivfdata"));
    }

    // A tenth of the vectors in memory, against a search of the same ones on disk.
    private void Compare(FaissIndex trained, FaissIndex index, float[] queries)
    {
        var part = Math.Max(Math.Min(Block, count), count / 10 / Block * Block);
        using var memory = trained.Clone();
        for (var start = 0; start < part; start += Block)
        {
            memory.Add(Vectors(start / Block, Math.Min(Block, count - start)));
        }

        memory.SetParameter("nprobe", Probes);
        using var first = new IDSelectorRange(0, part);
        var expected = memory.Search(queries, Neighbors);
        var found = index.Search(queries, Neighbors, first);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Of the first {part:N0} vectors, an index in memory finds {(found.Ids.SequenceEqual(expected.Ids) && found.Distances.SequenceEqual(expected.Distances) ? "the same ids and distances" : string.Create(CultureInfo.InvariantCulture, $"{Share(expected.Ids, found.Ids):P2} of the same ids"))}."));
    }

    private void Step(string name, Action action)
    {
        _peak.Reset();
        var watch = Stopwatch.StartNew();
        action();
        var (anonymous, mapped) = _peak.Read();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {watch.Elapsed.TotalSeconds:F1} | {anonymous >> 20} | {mapped >> 20} |"));
    }

    private static double Share(ReadOnlySpan<long> expected, ReadOnlySpan<long> found)
    {
        var hits = 0;
        for (var row = 0; row < expected.Length; row += Neighbors)
        {
            hits += expected.Slice(row, Neighbors).ToArray().Intersect(found.Slice(row, Neighbors).ToArray()).Count();
        }

        return (double)hits / expected.Length;
    }

    // Around 1,000 centers, so that lists help; a block is the same whenever it is generated.
    private float[] Vectors(int block, int length)
    {
        var random = new Random(block + 1000);
        var vectors = new float[length * dimension];
        for (var i = 0; i < length; i++)
        {
            var center = _centers.AsSpan(random.Next(_centers.Length / dimension) * dimension, dimension);
            for (var j = 0; j < dimension; j++)
            {
                vectors[(i * dimension) + j] = center[j] + random.NextSingle() - 0.5f;
            }
        }

        return vectors;
    }

    private static float[] Centers(int dimension)
    {
        var random = new Random(1);
        var centers = new float[1000 * dimension];
        for (var i = 0; i < centers.Length; i++)
        {
            centers[i] = random.NextSingle();
        }

        return centers;
    }
}
