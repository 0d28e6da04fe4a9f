using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using FaissSdk;

const int Dimension = 24, Count = 3_000, Clusters = 20, Neighbors = 5;

var faults = 0;
var caller = Environment.CurrentManagedThreadId;
var vectors = Mixture(new Random(3));
Console.WriteLine($"       {RuntimeInformation.RuntimeIdentifier}, {RuntimeInformation.ProcessArchitecture}, 128-bit vectors {(Vector128.IsHardwareAccelerated ? "in hardware" : "in software")}, dynamic code {(RuntimeFeature.IsDynamicCodeCompiled ? "compiled" : "interpreted")}, {Environment.ProcessorCount} processor");

// Without a library of FAISS, the managed engine answers.
if (OperatingSystem.IsBrowser())
{
    Expect("no native library is there", !FaissLibrary.IsAvailable);
    Expect("its absence is explained", FaissLibrary.Probes.Count > 0);
}

var seen = new List<int>();
var options = new KMeansOptions { Seed = 7, MaxIterations = 12, Redos = 2, Backend = OperatingSystem.IsBrowser() ? KMeansBackend.Auto : KMeansBackend.Managed };
var clusters = KMeans.Train(vectors, Dimension, Clusters, options, new Direct(_ => seen.Add(Environment.CurrentManagedThreadId)));
Expect("the managed k-means trains", clusters.Backend == KMeansBackend.Managed && float.IsFinite(clusters.Objective));
Expect("progress arrives on the thread of the caller", seen.Count > 0 && seen.TrueForAll(thread => thread == caller));
Show("centroids", MemoryMarshal.AsBytes(clusters.Centroids));

var blocks = ManagedKMeans.Train(VectorSequence.FromBlocks(Blocks, Dimension), Clusters, new KMeansOptions { Seed = 7, MaxIterations = 5 });
Show("centroids of blocks", MemoryMarshal.AsBytes(blocks.Centroids));

using (var flat = OperatingSystem.IsBrowser() ? FlatIndex.Create(Dimension) : new ManagedFlatIndex(Dimension))
{
    flat.Add(vectors);
    var found = flat.Search(vectors.AsSpan(0, 50 * Dimension), Neighbors);
    Expect("every vector finds itself", Enumerable.Range(0, 50).All(i => found.Ids[i * Neighbors] == i));
    Show("neighbors", MemoryMarshal.AsBytes(found.Ids));
    Show("distances", MemoryMarshal.AsBytes(found.Distances));
    var even = flat.Search(vectors.AsSpan(0, Dimension), Neighbors, IdFilter.FromPredicate(id => id % 2 == 0));
    Expect("a filter holds", even.Ids.ToArray().All(id => id % 2 == 0));

    using var saved = new MemoryStream();
    ((ManagedFlatIndex)flat).Save(saved);
    saved.Position = 0;
    using var loaded = ManagedFlatIndex.Load(saved);
    Expect("a saved index finds the same", loaded.Search(vectors.AsSpan(0, 50 * Dimension), Neighbors).Ids.SequenceEqual(found.Ids));
}

Expect("a wrong dimension is named", Throws<ArgumentException>(() => KMeans.Train(vectors.AsSpan(1), Dimension, Clusters), "a multiple of"));
if (OperatingSystem.IsBrowser())
{
    Expect("an index of FAISS says that there is no library", Throws<FaissLibraryException>(() => new IndexFlatL2(Dimension).Dispose(), "FlatIndex"));
}

Console.WriteLine(faults == 0 ? "the sample holds" : $"FAULTS: {faults}");
return faults == 0 ? 0 : 1;

IEnumerable<ReadOnlyMemory<float>> Blocks()
{
    for (var start = 0; start < vectors.Length; start += 700 * Dimension)
    {
        yield return vectors.AsMemory(start, Math.Min(700 * Dimension, vectors.Length - start));
    }
}

float[] Mixture(Random random)
{
    var centers = new float[Clusters * Dimension];
    for (var i = 0; i < centers.Length; i++)
    {
        centers[i] = random.Next(-1000, 1000) / 100f;
    }

    var mixture = new float[Count * Dimension];
    for (var i = 0; i < mixture.Length; i++)
    {
        mixture[i] = centers[(i / Dimension % Clusters * Dimension) + (i % Dimension)] + (random.Next(-1000, 1000) / 500f);
    }

    return mixture;
}

void Show(string name, ReadOnlySpan<byte> bytes) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bits   {name}: {Convert.ToHexString(SHA256.HashData(bytes))[..16]}"));

void Expect(string what, bool holds)
{
    faults += holds ? 0 : 1;
    Console.WriteLine($"{(holds ? "ok    " : "FAULT ")} {what}");
}

bool Throws<TException>(Action action, string part)
    where TException : Exception
{
    try
    {
        action();
        return false;
    }
    catch (TException exception)
    {
        return exception.Message.Contains(part, StringComparison.Ordinal);
    }
}

internal sealed class Direct(Action<KMeansIteration> report) : IProgress<KMeansIteration>
{
    public void Report(KMeansIteration value) => report(value);
}
