using System.Globalization;
using FaissSdk;
using Raw = FaissSdk.Interop;

const int Dimension = 32, Count = 2_000, Clusters = 16;

// The first search comes before everything else, because the time to it is measured.
using var flat = new IndexFlatL2(Dimension);
var vectors = Vectors();
flat.Add(vectors);
var first = flat.Search(vectors.AsSpan(0, Dimension), 5);
if (args is ["--first-search"])
{
    return first.Ids[0] == 0 ? 0 : 1;
}

var faults = 0;
Expect("the first search finds the vector itself", first.Ids[0] == 0 && first.Distances[0] == 0);

var info = FaissLibrary.Info;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"       FAISS {info.Version}, {info.SimdLevel}, {(info.IsLinked ? "linked in" : info.Path)}; {info.Blas}; {info.OpenMP}"));
foreach (var probe in FaissLibrary.Probes)
{
    Console.WriteLine($"       {probe.Source}: {probe.Path} ({probe.Outcome})");
}

Expect("supported and missing functions are distinguished", FaissLibrary.Supports("faiss_Index_search") && !FaissLibrary.Supports("faiss_StandardGpuResources_new"));
Expect("a missing function is reported with a version", Throws<NotSupportedException>(() => FaissLibrary.Require("faiss_no_such_function")));

var options = new KMeansOptions { MaxIterations = 8, Seed = 7 };
var native = KMeans.Train(vectors, Dimension, Clusters, options with { Backend = KMeansBackend.Native });
var managed = KMeans.Train(vectors, Dimension, Clusters, options with { Backend = KMeansBackend.Managed });
Expect("native and managed k-means agree", native.Backend == KMeansBackend.Native && managed.Backend == KMeansBackend.Managed
    && Math.Abs((native.Objective / managed.Objective) - 1) < 1e-4);

using var ivf = FaissIndex.Create(Dimension, "IVF16,SQ8");
ivf.Train(vectors);
ivf.Add(vectors);
var found = ivf.Search(vectors.AsSpan(0, 3 * Dimension), 4);
Expect("an index from a factory string searches", found.Ids.Length == 12 && ivf.Count == Count);

var folder = Directory.CreateTempSubdirectory("faiss-sdk-aot-");
try
{
    var path = Path.Combine(folder.FullName, "vectors.faiss");
    ivf.Save(path);
    using var again = FaissIndex.Load(path);
    Expect("a loaded index finds the same as the saved one", again.Search(vectors.AsSpan(0, 3 * Dimension), 4).Ids.SequenceEqual(found.Ids));
}
finally
{
    folder.Delete(recursive: true);
}

using (var pca = new PCAMatrix(Dimension, 8))
using (var index = new IndexPreTransform(pca, new IndexFlatL2(8), takeOwnership: true))
{
    index.Train(vectors);
    index.Add(vectors);
    Expect("a PCA works, and with it LAPACK", index.Search(vectors.AsSpan(0, Dimension), 1).Ids[0] == 0);
}

Expect("a FAISS error is thrown with its message", Throws<FaissException>(() => FaissIndex.Create(Dimension, "NoSuchIndex")));
Expect("an invalid argument throws before the call", Throws<ArgumentException>(() => flat.Search(vectors.AsSpan(0, 5), 1)));
var threads = FaissThreads.Max;
using (FaissThreads.Limit(threads + 1))
{
    Expect("FAISS uses the number of threads set", FaissThreads.Max == threads + 1);
}

FaissMessageEventArgs? message = null;
FaissDiagnostics.MessagePrinted += (_, printed) => message = printed;
using (var few = FaissIndex.Create(Dimension, "IVF2,Flat"))
{
    few.Train(vectors.AsSpan(0, 20 * Dimension));
    Expect("a warning of FAISS reaches a listener", message is { IsWarning: true } && message.Text.Contains("please provide at least", StringComparison.Ordinal));
}

Expect("OpenMP's threads wait in a bounded spin", info.WaitPolicy!.Contains('=', StringComparison.Ordinal));
if (info.IsLinked)
{
    Expect("no other library can replace the linked one", Throws<InvalidOperationException>(() => FaissLibrary.Use("libother.so")));
    Expect("calling a missing function fails with its name", MissingFunctionFails());
}

Console.WriteLine(faults == 0 ? "all checks passed" : $"{faults} checks failed");
return faults == 0 ? 0 : 1;

void Expect(string what, bool holds)
{
    Console.WriteLine($"{(holds ? "ok   " : "FAULT")}  {what}");
    faults += holds ? 0 : 1;
}

static bool Throws<TException>(Action action)
    where TException : Exception
{
    try
    {
        action();
        return false;
    }
    catch (TException e)
    {
        Console.WriteLine($"       {typeof(TException).Name}: {e.Message.ReplaceLineEndings(" ")}");
        return true;
    }
}

// The raw bindings declare the functions of all versions and of GPUs; the linked program defines those that this FAISS lacks.
static unsafe bool MissingFunctionFails()
{
    Raw.FaissGpuResourcesProvider* resources;
    return Raw.FaissNative.faiss_StandardGpuResources_new(&resources) != 0
        && new string(Raw.FaissNative.faiss_get_last_error()) is "faiss_StandardGpuResources_new is not in this FAISS";
}

static float[] Vectors()
{
    var random = new Random(1);
    var vectors = new float[Count * Dimension];
    for (var i = 0; i < vectors.Length; i++)
    {
        vectors[i] = random.NextSingle() + (i / Dimension % Clusters);
    }

    return vectors;
}
