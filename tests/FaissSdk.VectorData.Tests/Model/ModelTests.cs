using FsCheck;
using FsCheck.Fluent;

namespace FaissSdk.VectorData.Tests;

/// <summary>Random sequences of upserts, deletes, filters, searches, seals and reopenings against a dictionary and LINQ.</summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData(DistanceFunction.CosineSimilarity)]
    [InlineData(DistanceFunction.DotProductSimilarity)]
    [InlineData(DistanceFunction.EuclideanDistance)]
    public void Flat_answers_as_a_dictionary_does(string distance) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Effort.Of(12, 200)),
        Prop.ForAll(StoreScript.Any(distance), script => Run(script, IndexKind.Flat, isExact: true).Found >= 0));

    [Theory]
    [InlineData(IndexKind.Hnsw, 0.9)]
    [InlineData(IndexKind.IvfFlat, 0.8)]
    [InlineData(IndexKind.QuantizedFlat, 0.8)]
    [InlineData(IndexKind.Dynamic, 0.9)]
    public void Approximate_kinds_find_live_records_with_recall(string indexKind, double recall)
    {
        Assert.SkipUnless(FaissLibrary.IsAvailable, "There is no native FAISS library.");
        var (expected, found) = (0, 0);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Effort.Of(8, 100)),
            Prop.ForAll(StoreScript.Any(DistanceFunction.CosineSimilarity, DistanceFunction.EuclideanSquaredDistance), script =>
            {
                var run = Run(script, indexKind, isExact: false);
                expected += run.Expected;
                found += run.Found;
            }));
        Assert.True(found >= recall * expected, $"{found} of {expected} results are among the nearest");
    }

    private static ModelRun Run(StoreScript script, string indexKind, bool isExact)
    {
        using var folder = new TemporaryFolder();
        using var run = new ModelRun(folder.File("store.db"), indexKind, script.Distance, isExact);
        run.Run(script).GetAwaiter().GetResult();
        return run;
    }
}
