using FaissSdk;
using FaissSdk.VectorData;
using Microsoft.Extensions.VectorData;

const int Dimension = 16, Count = 500;

var faults = 0;
var folder = Directory.CreateTempSubdirectory("faiss-sdk-aot-");
try
{
    var definition = new VectorStoreCollectionDefinition
    {
        Properties =
        [
            new VectorStoreKeyProperty("Id", typeof(string)),
            new VectorStoreDataProperty("Number", typeof(int)) { IsIndexed = true },
            new VectorStoreDataProperty("Text", typeof(string)) { IsFullTextIndexed = true },
            new VectorStoreDataProperty("Tags", typeof(string[])),
            new VectorStoreVectorProperty("Vector", typeof(ReadOnlyMemory<float>), Dimension) { IndexKind = IndexKind.Hnsw, DistanceFunction = DistanceFunction.CosineSimilarity },
        ],
    };
    var path = Path.Combine(folder.FullName, "store.db");
    using (var store = new FaissVectorStore(path))
    using (var records = store.GetDynamicCollection("records", definition))
    {
        await records.EnsureCollectionExistsAsync();
        await records.UpsertAsync(Enumerable.Range(0, Count).Select(Record));
        await records.DeleteAsync(["r7", "r8"]);
        Expect("a record is read as it was written", await records.GetAsync("r3") is { } read && (int)read["Number"]! == 3 && (string)read["Text"]! == "number three of word3" && read["Tags"] is string[] and ["odd"]);
        Expect("a deleted record is gone", await records.GetAsync("r7") is null);
    }

    // Opens the store again, as a restarted program would.
    using (var store = new FaissVectorStore(path))
    using (var records = store.GetDynamicCollection("records", definition))
    {
        Expect("the collection is listed", await store.ListCollectionNamesAsync().SingleAsync() == "records");
        var found = await records.SearchAsync(Vector(42), 5).ToListAsync();
        Expect("a search finds the record of the vector", found.Count == 5 && (string)found[0].Record["Id"]! == "r42" && found[0].Score > 0.9999);
        found = await records.SearchAsync(Vector(42), 5, new() { Filter = record => (int)record["Number"]! > 100 && ((string[])record["Tags"]!).Contains("even") }).ToListAsync();
        Expect("a filter keeps to its records", found.Count == 5 && found.All(result => (int)result.Record["Number"]! is > 100 and var number && number % 2 == 0));
        var hybrid = await ((IKeywordHybridSearchable<Dictionary<string, object?>>)records).HybridSearchAsync(Vector(42), ["word9"], 5).ToListAsync();
        Expect("a hybrid search finds words, too", hybrid.Any(result => (string)result.Record["Id"]! == "r9"));
        var sorted = await records.GetAsync(record => (int)record["Number"]! < 10, 3, new() { OrderBy = by => by.Descending(record => record["Number"]) }).Select(record => (int)record["Number"]!).ToListAsync();
        Expect("records are sorted", sorted is [9, 6, 5]);
    }

    Console.WriteLine($"       FAISS {FaissLibrary.Info.Version}");
}
finally
{
    folder.Delete(recursive: true);
}

Console.WriteLine(faults == 0 ? "all checks passed" : $"{faults} checks failed");
return faults == 0 ? 0 : 1;

void Expect(string what, bool holds)
{
    Console.WriteLine($"{(holds ? "ok   " : "FAULT")}  {what}");
    faults += holds ? 0 : 1;
}

static Dictionary<string, object?> Record(int id) => new()
{
    ["Id"] = $"r{id}",
    ["Number"] = id,
    ["Text"] = $"number {(id == 3 ? "three" : "other")} of word{id}",
    ["Tags"] = new[] { id % 2 == 0 ? "even" : "odd" },
    ["Vector"] = Vector(id),
};

static ReadOnlyMemory<float> Vector(int id)
{
    var random = new Random(id);
    var vector = new float[Dimension];
    foreach (ref var component in vector.AsSpan())
    {
        component = random.NextSingle() - 0.5f;
    }

    return vector;
}
