using System.Globalization;
using FaissSdk;
using Raw = FaissSdk.Interop;

const int Dimension = 32, Count = 2_000, Clusters = 16;

// Before anything else: what a program waits for.
using var flat = new IndexFlatL2(Dimension);
var vectors = Vectors();
flat.Add(vectors);
var first = flat.Search(vectors.AsSpan(0, Dimension), 5);
if (args is ["--first-search"])
{
    return first.Labels[0] == 0 ? 0 : 1;
}

var faults = 0;
Expect("the first search finds the vector itself", first.Labels[0] == 0 && first.Distances[0] == 0);

var info = FaissLibrary.Info;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"       FAISS {info.Version}, {info.SimdLevel}, {(info.IsLinked ? "linked in" : info.Path)}; {info.Blas}; {info.OpenMP}"));
foreach (var probe in FaissLibrary.Probes)
{
    Console.WriteLine($"       {probe.Source}: {probe.Path} ({probe.Outcome})");
}

Expect("what the library has and lacks is told apart", FaissLibrary.Supports("faiss_Index_search") && !FaissLibrary.Supports("faiss_StandardGpuResources_new")
    && !FaissLibrary.Supports("faiss_sdk_description"));
Expect("what it lacks names the version that has it", Throws<NotSupportedException>(() => FaissLibrary.Require("faiss_no_such_function")));

var options = new KMeansOptions { Iterations = 8, Seed = 7 };
var native = KMeans.Train(vectors, Dimension, Clusters, options with { Backend = KMeansBackend.Native });
var managed = KMeans.Train(vectors, Dimension, Clusters, options with { Backend = KMeansBackend.Managed });
Expect("k-means by FAISS and in C# agree", native.Backend == KMeansBackend.Native && managed.Backend == KMeansBackend.Managed
    && Math.Abs((native.Objective / managed.Objective) - 1) < 1e-4);

using var ivf = FaissIndex.Create(Dimension, "IVF16,SQ8");
ivf.Train(vectors);
ivf.Add(vectors);
var found = ivf.Search(vectors.AsSpan(0, 3 * Dimension), 4);
Expect("an index of the factory searches", found.Labels.Length == 12 && ivf.Count == Count);

var folder = Directory.CreateTempSubdirectory("faiss-sdk-aot-");
try
{
    var path = Path.Combine(folder.FullName, "vectors.faiss");
    ivf.Save(path);
    using var again = FaissIndex.Load(path);
    Expect("what is loaded finds the same as what was saved", again.Search(vectors.AsSpan(0, 3 * Dimension), 4).Labels.SequenceEqual(found.Labels));
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
    Expect("LAPACK works, in a PCA", index.Search(vectors.AsSpan(0, Dimension), 1).Labels[0] == 0);
}

Expect("an error of FAISS arrives with its message", Throws<FaissException>(() => FaissIndex.Create(Dimension, "no such index")));
Expect("a wrong argument is told before the call", Throws<ArgumentException>(() => flat.Search(vectors.AsSpan(0, 5), 1)));
var threads = FaissThreads.Max;
using (FaissThreads.Limit(threads + 1))
{
    Expect("FAISS takes as many threads as it is told", FaissThreads.Max == threads + 1);
}

if (info.IsLinked)
{
    Expect("no other library can take the place of the one linked in", Throws<InvalidOperationException>(() => FaissLibrary.Use("libother.so")));
    Expect("a function that this FAISS lacks says so when it is called", LackingFunctionFails());
}

Console.WriteLine(faults == 0 ? "all holds" : $"{faults} do not hold");
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

// The raw bindings have functions of all versions and of GPUs; none is undefined in the linked program.
static unsafe bool LackingFunctionFails()
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
