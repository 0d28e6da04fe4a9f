namespace FaissSdk.Tests.Indexes;

/// <summary>Crosses guards with compositions and with the ways in which an index comes about; in child processes, since a missing guard can end the process.</summary>
public class PartGuardTests
{
    internal const int Dimension = 8;
    internal const int Size = 640;

    internal static readonly string[] Compositions = ["plain", "transform", "rotation", "map", "refine", "shards", "replicas", "quantizer", "transform map refine", "rotation transform", "map transform", "shards transform", "replicas map"];
    private static readonly string[] Forms = ["made", "loaded", "cloned", "given away"];

    public static TheoryData<string> Guards => ["probes", "candidates", "map reset", "empty shard", "one dimension", "removal", "ids by position", "absent lists"];

    [Theory]
    [MemberData(nameof(Guards))]
    public void A_guard_holds_below_every_composition(string guard)
    {
        Native.Require();
        ChildProcess.Run(Try, guard, seconds: 200).AssertReturned();
    }

    private static void Try(string guard)
    {
        using var single = Native.SingleThread();
        foreach (var composition in Compositions)
        {
            foreach (var form in Forms)
            {
                Console.WriteLine($"{guard}: {form} {composition}");
                using var parts = new IndexParts();
                var index = IsPossible(guard, composition) ? Make(composition, form, parts, InnerOf(guard, parts)) : null;
                if (index is not null)
                {
                    Check(guard, composition, index);
                }
            }
        }
    }

    internal static Func<FaissIndex> InnerOf(string guard, IndexParts parts) => guard switch
    {
        "probes" => () => FaissIndex.Create(Dimension, "IVF4,PQ4x4fs"),
        "candidates" => () => FaissIndex.Create(Dimension, "SQ8,RFlat"),
        "map reset" => () => FaissIndex.Create(Dimension, "IDMap2,Flat"),
        "removal" or "absent lists" => () => FaissIndex.Create(Dimension, "IVF3,SQ8"),
        "ids by position" => () => FaissIndex.Create(Dimension, "IVF4,PQ4+4"),
        "one dimension" => () => new IndexFlat1D(),
        "empty shard" => () =>
        {
            var shards = new IndexShards(Dimension);
            shards.AddShard(parts.Keep(new IndexFlatL2(Dimension)));
            shards.AddShard(parts.Keep(new IndexFlatL2(Dimension)));
            return shards;
        },
        _ => throw new ArgumentException(guard),
    };

    // 16 centroids cannot train 256 codes.
    internal static bool IsPossible(string guard, string composition) => guard != "ids by position" || composition != "quantizer";

    private static void Check(string guard, string composition, FaissIndex index)
    {
        var d = index.Dimension;
        var vectors = guard == "empty shard" ? [.. Enumerable.Repeat(1f, d)] : TestData.Uniform(Size, d);
        var ids = Enumerable.Range(0, vectors.Length / d).Select(i => (long)i).ToArray();
        if (guard == "probes")
        {
            var name = composition == "quantizer" ? "quantizer_nprobe" : "nprobe";
            index.SetParameter(name, 1e9);
            using var space = new ParameterSpace();
            space.SetIndexParameters(index, $"{name}=1000000000");
        }

        Train(index);
        if (!TryAdd(index, vectors, ids))
        {
            return;
        }

        Assert.Equal(ids.Length, index.Count);
        switch (guard)
        {
            case "probes":
                Assert.Equal(10, index.Search(vectors.AsSpan(0, 10 * d), 1).Ids.Length);
                break;
            case "candidates":
                if (composition != "quantizer")
                {
                    index.SetParameter("k_factor_rf", 2e9);
                    Assert.Throws<InvalidOperationException>(() => index.Search(vectors.AsSpan(0, 10 * d), 10));
                }

                break;
            case "map reset":
                index.Reset();
                Assert.ThrowsAny<Exception>(() => index.Reconstruct(3));
                break;
            case "empty shard":
                // With a single vector, the first shard stays empty.
                var distances = new float[30];
                var error = Record.Exception(() => index.Search(new float[30 * d], 1, distances, new long[30]));
                Assert.True(error is NotSupportedException || Array.TrueForAll(distances, distance => Math.Abs(distance - 8) < 1e-5), string.Join(' ', distances));
                break;
            case "one dimension":
                Assert.Throws<NotSupportedException>(() => index.Save(new MemoryStream()));
                if (composition is "transform" or "plain")
                {
                    using var first = new IDSelectorRange(0, 100);
                    index.Remove(first);
                    Assert.Equal(0, index.Assign(vectors.AsSpan(100, 1))[0]);
                }

                break;
            case "removal":
                using (var some = new IDSelectorRange(0, 100))
                {
                    var held = Record.Exception(() => index.Remove(some)) is null ? Size - 100 : Size;
                    Assert.Equal(held, index.Count);
                    Assert.DoesNotContain(-1, index.Search(vectors.AsSpan(100 * d, 10 * d), 1).Ids.ToArray());
                }

                break;
            case "ids by position":
                if (!composition.Contains("map", StringComparison.Ordinal) && composition != "quantizer")
                {
                    Assert.ThrowsAny<Exception>(() => index.AddWithIds(vectors, [.. ids.Select(id => id + 100_000)]));
                    Assert.Equal(Size, index.Count);
                }

                Assert.Equal(10, index.Search(vectors.AsSpan(0, 10 * d), 1).Ids.Length);
                break;
            case "absent lists":
                var codes = Record.Exception(() => index.CodeSize) is null ? new byte[index.CodeSize] : [];
                Array.Fill(codes, byte.MaxValue);
                var decoding = Record.Exception(() => index.Decode(codes.Length == 0 ? new byte[3] : codes));
                Assert.True(decoding is not null || composition.Contains("refine", StringComparison.Ordinal), "Absent lists are decoded.");
                break;
            default:
                throw new ArgumentException(guard);
        }
    }

    internal static void Train(FaissIndex index)
    {
        if (index is IndexIVFFlat { Quantizer.Parts: var quantizer } && quantizer.Lists.Count > 0)
        {
            index.SetParameter("quantizer_nprobe", 4);
        }

        index.Train(TestData.Uniform(Size, index.Dimension));
    }

    internal static bool TryAdd(FaissIndex index, float[] vectors, long[] ids) =>
        Record.Exception(() => index.Add(vectors)) is null || Record.Exception(() => index.AddWithIds(vectors, ids)) is null;

    /// <summary>Makes a composition of inner indexes from the inside out; <see langword="null"/> if there is no such composition.</summary>
    internal static FaissIndex? Make(string composition, string form, IndexParts parts, Func<FaissIndex> inner)
    {
        var given = form == "given away";
        FaissIndex index;
        try
        {
            index = composition.Split(' ').Reverse().Aggregate(Inner(), Wrap);
        }
        catch (Exception error) when (error is ArgumentException or FaissException or InvalidOperationException)
        {
            return null;
        }

        parts.Keep(index);
        if (form is "made" or "given away")
        {
            return index;
        }

        // Shards, replicas and IndexFlat1D cannot be saved.
        Train(index);
        FaissIndex? copy = null;
        _ = Record.Exception(() => copy = form == "loaded" ? FaissIndex.Deserialize(index.Serialize()) : index.Clone());
        return copy is null ? null : parts.Keep(copy);

        FaissIndex Inner()
        {
            var made = inner();
            return given ? made : parts.Keep(made);
        }

        FaissIndex Wrap(FaissIndex part, string kind)
        {
            var d = part.Dimension;
            var whole = kind switch
            {
                "plain" => part,
                "transform" => new IndexPreTransform(given ? parts.Keep(part) : part),
                "rotation" => Rotated(part),
                "map" => new IndexIDMap2(part, takeOwnership: given),
                "refine" => new IndexRefineFlat(part, takeOwnership: given),
                "shards" => Shards(part),
                "replicas" => Replicas(part),
                "quantizer" => new IndexIVFFlat(part, 16, takeOwnership: given),
                _ => throw new ArgumentException(kind),
            };
            return given ? whole : parts.Keep(whole);

            FaissIndex Rotated(FaissIndex rotated)
            {
                var rotation = new RandomRotationMatrix(d, d);
                rotation.Train(TestData.Uniform(10, d));
                return new IndexPreTransform(given ? rotation : parts.Keep(rotation), rotated, takeOwnership: given);
            }

            FaissIndex Shards(FaissIndex shard)
            {
                var shards = new IndexShards(d, successiveIds: shard is not IndexIDMap);
                shards.AddShard(parts.Keep(shard));
                if (given)
                {
                    shards.TakeOwnership();
                }

                return shards;
            }

            FaissIndex Replicas(FaissIndex replica)
            {
                var replicas = new IndexReplicas(d);
                replicas.AddReplica(parts.Keep(replica));
                return replicas;
            }
        }
    }
}
