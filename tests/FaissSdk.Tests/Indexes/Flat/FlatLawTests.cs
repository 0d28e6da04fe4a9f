using FaissSdk.Tests.KMeansTests;
using FsCheck;

namespace FaissSdk.Tests.Indexes;

/// <summary>Tests the laws of exact indexes.</summary>
public class FlatLawTests
{
    [Cases(Arbitrary = [typeof(FlatCases)])]
    public Property A_managed_search_equals_a_sorted_list_bit_for_bit(FlatCase of)
    {
        using var index = FlatLaw.Create(of);
        var list = new PlainList(of);
        FlatLaw.Fill(of, index, list);
        index.MaxDegreeOfParallelism = 1 + (of.Seed % 3);
        return FlatLaw.CheckBits(of, index.Search(of.CreateQueries(), of.K, of.CreateFilter()), list).ToProperty();
    }

    [Cases(Arbitrary = [typeof(FlatCases)])]
    public Property Any_kernel_and_any_cut_of_queries_gives_the_same_bits(FlatCase of)
    {
        of = of with { Normalizes = false };
        var store = new VectorStore(of.Dimension, of.Storage);
        store.Append(of.CreateVectors());
        var queries = of.CreateQueries();
        var (distances, ids) = (new float[of.Queries * of.K], new long[of.Queries * of.K]);
        new FlatSearch(store, of.Metric == MetricType.InnerProduct).Nearest(queries, of.K, null, null, 1, distances, ids);
        var random = new Random(of.Seed);
        var same = true;
        foreach (var kernel in FlatKernel.All)
        {
            var search = new FlatSearch(store, of.Metric == MetricType.InnerProduct, kernel);
            for (var start = 0; start < of.Queries;)
            {
                var count = random.Next(1, of.Queries - start + 1);
                var (somedistances, someids) = (new float[count * of.K], new long[count * of.K]);
                search.Nearest(queries.AsSpan(start * of.Dimension, count * of.Dimension), of.K, null, null, 1 + random.Next(3), somedistances, someids);
                same &= someids.AsSpan().SequenceEqual(ids.AsSpan(start * of.K, count * of.K)) && somedistances.AsSpan().SequenceEqual(distances.AsSpan(start * of.K, count * of.K));
                start += count;
            }
        }

        return (same ? Verdict.Kept : Verdict.Broken($"a kernel or a cut gave other results")).ToProperty();
    }

    [Cases(Arbitrary = [typeof(FlatCases)])]
    public Property A_managed_range_search_finds_what_a_list_has_within_the_radius(FlatCase of)
    {
        using var index = FlatLaw.Create(of);
        var list = new PlainList(of);
        FlatLaw.Fill(of, index, list);
        var (queries, filter) = (of.CreateQueries(), of.CreateFilter());
        var all = Enumerable.Range(0, of.Queries).Select(query => list.Search(queries.AsSpan(query * of.Dimension, of.Dimension), filter)).ToArray();

        // The radius is a distance that occurs; a vector at this distance is not within it.
        var radius = all.SelectMany(found => found).Select(pair => pair.Distance).DefaultIfEmpty(1).Order().ElementAtOrDefault(of.K);
        var result = index.RangeSearch(queries, radius, filter);
        for (var query = 0; query < of.Queries; query++)
        {
            var expected = all[query].Where(pair => of.Metric == MetricType.L2 ? pair.Distance < radius : pair.Distance > radius).OrderBy(pair => pair.Id).ToArray();
            if (!result[query].Select(neighbor => (neighbor.Id, neighbor.Distance)).SequenceEqual(expected))
            {
                return Verdict.Broken($"query {query} has {result[query].Count} within {radius:R}, expected {expected.Length}").ToProperty();
            }
        }

        return Verdict.Kept.ToProperty();
    }

    [Cases(Arbitrary = [typeof(FlatCases)])]
    public Property A_saved_index_is_loaded_again(FlatCase of)
    {
        using var index = FlatLaw.Create(of);
        var list = new PlainList(of);
        FlatLaw.Fill(of, index, list);
        using var stream = new MemoryStream();
        index.Save(stream);
        var length = stream.Length;
        stream.WriteByte(1);
        stream.Position = 0;
        using var loaded = ManagedFlatIndex.Load(stream);
        using var again = new MemoryStream();
        loaded.Save(again);
        var same = stream.Position == length && again.ToArray().AsSpan().SequenceEqual(stream.ToArray().AsSpan(0, (int)length));
        return (same && list.Ids.All(id => loaded.Reconstruct(id).AsSpan().SequenceEqual(list[id])) ? Verdict.Kept : Verdict.Broken($"the index loaded differs")).ToProperty();
    }

    [Cases(Arbitrary = [typeof(FlatCases)], SkipType = typeof(Native), SkipUnless = nameof(Native.HasOwnSearch), Skip = "This needs a library of FaissSdk.")]
    public Property A_search_by_FAISS_equals_a_sorted_list_up_to_rounding(FlatCase of)
    {
        using var single = Native.SingleThread();
        using var index = of.Normalizes ? FlatIndex.CreateCosine(of.Dimension, of.Storage) : FlatIndex.Create(of.Dimension, of.Metric, of.Storage);
        var list = new PlainList(of);
        FlatLaw.Fill(of, index, list);
        return FlatLaw.CheckRounding(of, index.Search(of.CreateQueries(), of.K, of.CreateFilter()), list).ToProperty();
    }

    [Cases(Arbitrary = [typeof(FlatCases)], SkipType = typeof(Native), SkipUnless = nameof(Native.IsAvailable), Skip = Native.Missing)]
    public Property FAISS_reads_and_writes_the_same_file(FlatCase of)
    {
        using var single = Native.SingleThread();
        using var index = FlatLaw.Create(of);
        var list = new PlainList(of);
        FlatLaw.Fill(of, index, list);
        using var stream = new MemoryStream();
        index.Save(stream);
        using var native = FaissIndex.Deserialize(stream.ToArray());
        var written = native.Serialize();
        using var loaded = ManagedFlatIndex.Load(new MemoryStream(written));
        return (written.AsSpan().SequenceEqual(stream.ToArray()) && native.Count == list.Count && loaded.Count == list.Count
            && list.Ids.All(id => native.Reconstruct(id).AsSpan().SequenceEqual(list[id])) ? Verdict.Kept : Verdict.Broken($"FAISS's file differs")).ToProperty();
    }
}
