namespace FaissSdk.Tests.Indexes;

/// <summary>Crosses guards with compositions that are seen as a part of another index; in child processes, since a missing guard can end the process.</summary>
public class PartViewTests
{
    private static readonly string[] Views = ["shard", "map", "rotation", "refine", "loaded", "clone"];

    public static TheoryData<string> Guards => PartGuardTests.Guards;

    [Theory]
    [MemberData(nameof(Guards))]
    public void A_guard_holds_in_a_view(string guard)
    {
        Native.Require();
        ChildProcess.Run(Try, guard, seconds: 200).AssertReturned();
    }

    private static void Try(string guard)
    {
        using var single = Native.SingleThread();
        var tried = 0;
        foreach (var composition in PartGuardTests.Compositions.Where(composition => PartGuardTests.IsPossible(guard, composition)))
        {
            foreach (var kind in Views)
            {
                Console.WriteLine($"{guard}: {kind} view of {composition}");
                using var parts = new IndexParts();
                if (PartGuardTests.Make(composition, "given away", parts, PartGuardTests.InnerOf(guard, parts)) is { } index && Seen(index, kind, parts) is (var whole, var view)
                    && Fill(guard, composition, whole))
                {
                    CheckUnchangeable(view);
                    Check(guard, composition, whole, view);
                    tried++;
                }
            }
        }

        Assert.True(tried >= 15, $"{tried} views were tried.");
    }

    /// <summary>Makes an index part of another one, and returns both; <see langword="null"/> if it cannot be.</summary>
    private static (FaissIndex Whole, FaissIndex View)? Seen(FaissIndex index, string kind, IndexParts parts)
    {
        try
        {
            switch (kind)
            {
                case "shard":
                    var shards = parts.Keep(new IndexShards(index.Dimension, successiveIds: !index.Parts.TranslatesIds));
                    shards.AddShard(index);
                    shards.TakeOwnership();
                    return (shards, shards[0]);
                case "map":
                    var map = parts.Keep(new IndexIDMap2(index, takeOwnership: true));
                    return (map, map.Index);
                case "rotation":
                    var rotation = new RandomRotationMatrix(index.Dimension, index.Dimension);
                    rotation.Train(TestData.Uniform(10, index.Dimension));
                    var rotated = parts.Keep(new IndexPreTransform(rotation, index, takeOwnership: true));
                    return (rotated, rotated.Index);
                case "refine":
                    var refined = parts.Keep(new IndexRefineFlat(index, takeOwnership: true));
                    return refined.BaseIndex is { } refinedBase ? (refined, refinedBase) : null;
                default:
                    PartGuardTests.Train(index);
                    var transformed = parts.Keep(new IndexPreTransform(index));
                    var copy = (IndexPreTransform)parts.Keep(kind == "clone" ? transformed.Clone() : FaissIndex.Deserialize(transformed.Serialize()));
                    return (copy, copy.Index);
            }
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException or FaissException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool Fill(string guard, string composition, FaissIndex whole)
    {
        if (composition == "quantizer")
        {
            SetProbesOfQuantizer(whole);
        }

        var vectors = guard == "empty shard" ? [.. Enumerable.Repeat(1f, whole.Dimension)] : TestData.Uniform(PartGuardTests.Size, whole.Dimension);
        return Record.Exception(() => whole.Train(TestData.Uniform(PartGuardTests.Size, whole.Dimension))) is null
            && PartGuardTests.TryAdd(whole, vectors, [.. Enumerable.Range(0, vectors.Length / whole.Dimension).Select(i => (long)i)]);
    }

    // Centroids are found by all lists of the quantizer, so that none is lost.
    private static void SetProbesOfQuantizer(FaissIndex whole) => _ = Record.Exception(() => whole.SetParameter("quantizer_nprobe", 4));

    private static void CheckUnchangeable(FaissIndex view)
    {
        var count = view.Count;
        var vectors = TestData.Uniform(PartGuardTests.Size, view.Dimension);
        using var some = new IDSelectorRange(0, 10);
        Action[] changes = [() => view.Train(vectors), () => view.Add(vectors), () => view.AddWithIds(vectors, new long[PartGuardTests.Size]), view.Reset, () => view.Remove(some), () => view.MakeDirectMap()];
        Assert.All(changes, change => Assert.True(Record.Exception(change) is InvalidOperationException or NotSupportedException, "A view was changed."));
        Assert.Equal(count, view.Count);
    }

    private static void Check(string guard, string composition, FaissIndex whole, FaissIndex view)
    {
        var d = view.Dimension;
        var queries = TestData.Uniform(10, d, 3);
        switch (guard)
        {
            case "probes":
                view.SetParameter(composition == "quantizer" ? "quantizer_nprobe" : "nprobe", 1e9);
                Assert.Equal(10, view.Search(queries, 1).Ids.Length);
                Assert.Equal(10, whole.Search(queries, 1).Ids.Length);
                break;
            case "candidates":
                if (composition != "quantizer")
                {
                    view.SetParameter("k_factor_rf", 2e9);
                    Assert.Throws<InvalidOperationException>(() => view.Search(queries, 10));
                    Assert.Throws<InvalidOperationException>(() => whole.Search(queries, 10));
                }

                break;
            case "map reset":
                whole.Reset();
                Assert.ThrowsAny<Exception>(() => view.Reconstruct(3));
                break;
            case "empty shard":
                var distances = new float[30];
                var error = Record.Exception(() => view.Search(new float[30 * d], 1, distances, new long[30]));
                Assert.True(error is NotSupportedException || Array.TrueForAll(distances, distance => Math.Abs(distance - 8) < 1e-5), string.Join(' ', distances));
                break;
            case "one dimension":
                Assert.Throws<NotSupportedException>(() => view.Save(new MemoryStream()));
                break;
            case "absent lists":
                var codes = Record.Exception(() => view.CodeSize) is null ? new byte[view.CodeSize] : new byte[3];
                Array.Fill(codes, byte.MaxValue);
                Assert.True(Record.Exception(() => view.Decode(codes)) is not null || composition.Contains("refine", StringComparison.Ordinal), "Absent lists are decoded.");
                break;
            default:
                Assert.Equal(10, view.Search(queries, 1).Ids.Length);
                break;
        }
    }
}
