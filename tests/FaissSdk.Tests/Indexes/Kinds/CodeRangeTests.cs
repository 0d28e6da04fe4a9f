using FaissSdk.Native;

namespace FaissSdk.Tests.Indexes;

/// <summary>Codes of half precision and of bytes hold the vectors that they are given, or these are refused.</summary>
public class CodeRangeTests
{
    private const int Dimension = 8;
    private const int Size = 640;

    /// <summary>Kinds, the factor of components between 0 and 1 that they hold, and the one of components that they do not hold.</summary>
    public static TheoryData<string, float, float> Kinds => new()
    {
        { "SQfp16", 65504, 65600 },
        { "IDMap2,SQfp16", 65504, 65600 },
        { "HNSW8,SQfp16", 65504, 65600 },
        { "Flat,Refine(SQfp16)", 65504, 65600 },
        { "IVF4,SQfp16", 32000, 1e6f },
        { "PCA8,SQfp16", 40000, 1e6f },
        { "RR8,IVF4,SQfp16", 10000, 1e6f },
        { "MinMaxFP16,SQ8", 65504, 65600 },
        { "MinMaxFP16,PQ4x4np", 65504, 65600 },
        { "MinMaxFP16,RQ2x4", 65504, 65600 },
        { "MinMax,RQ2x4", 1, 1e-41f },
        { "SQ8_direct", 255, 256 },
        { "SQ8_direct", 255, -1 },
        { "SQ8_direct", 255, 0.5f },
        { "IDMap2,SQ8_direct", 255, 300 },
        { "SQ8_direct_signed", 127, 128 },
        { "SQ8_direct_signed", -128, -129 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Components_that_a_code_cannot_hold_are_refused(string description, float held, float refused)
    {
        using var single = Native.SingleThread();
        using var index = Create(description);
        var vectors = Scaled(held);
        index.Train(vectors);
        var scaled = description.StartsWith("MinMax", StringComparison.Ordinal);
        if (!scaled)
        {
            index.AddWithIdsOrNot(vectors);
        }

        // All vectors but one are held.
        var others = vectors.ToArray();
        var last = Size - Dimension;
        for (var i = 0; i < Dimension; i++)
        {
            others[last + i] = i % 2 == 0 ? refused : 0;
        }

        var calls = new List<Action<float[]>> { x => index.AddWithIdsOrNot(x) };
        if (scaled)
        {
            calls[0] = x => index.Encode(x);
        }
        else if (index is not IndexIDMap2)
        {
            calls.Add(x => index.Add(x, null, new CancellationTokenSource().Token));
            calls.Add(x => index.Add(Array.ConvertAll(x, component => (double)component)));
        }

        var count = index.Count;
        foreach (var call in calls)
        {
            var error = Assert.Throws<ArgumentException>("vectors", () => call(others[..Size]));
            Assert.Contains($"in vector {last / Dimension}", error.Message, StringComparison.Ordinal);
            Assert.Equal(count, index.Count);
            call(vectors);
            count = index.Count;
        }
    }

    [Theory]
    [InlineData("SQfp16", 1e5f)]
    [InlineData("SQ8_direct", 1.5f)]
    [InlineData("IVF4,SQfp16", 1e6f)]
    public void Vectors_are_not_replaced_by_what_a_code_cannot_hold(string description, float refused)
    {
        using var single = Native.SingleThread();
        using var index = Create(description);
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_update"), "The library was not built with FaissSdk's functions.");
        var vectors = Scaled(100);
        index.Train(vectors);
        index.Add(vectors);
        if (index is IndexIVF)
        {
            index.MakeDirectMap();
        }

        var before = index.Reconstruct(3);
        float[] vector = [refused, 0, 0, 0, 0, 0, 0, 0];
        Assert.Throws<ArgumentException>("vectors", () => index.UpdateVectors(vector, [3]));
        Assert.Throws<ArgumentException>("vectors", () => index.Encode(vector));
        Assert.Equal(before, index.Reconstruct(3));
    }

    [Theory]
    [InlineData("MinMaxFP16,RQ2x4")]
    [InlineData("MinMaxFP16,SQ8")]
    [InlineData("IVF4(SQfp16),Flat")]
    public void Training_vectors_that_a_code_cannot_hold_are_refused(string description)
    {
        using var single = Native.SingleThread();
        using var index = Create(description);
        var vectors = Scaled(100);
        vectors[^1] = 1e5f;
        Assert.Contains("65504", Assert.Throws<ArgumentException>("vectors", () => index.Train(vectors)).Message, StringComparison.Ordinal);
        index.Train(Scaled(100));
    }

    [Fact]
    public void Centroids_that_a_quantizer_cannot_hold_are_refused()
    {
        using var single = Native.SingleThread();
        using var index = (IndexIVF)Create("IVF4(SQfp16),Flat");
        var centroids = Scaled(100)[..(4 * Dimension)];
        centroids[5] = 1e5f;
        Assert.Throws<ArgumentException>("centroids", () => index.SetCentroids(centroids));
        centroids[5] = 1;
        index.SetCentroids(centroids);
    }

    [Fact]
    public void Differences_from_centroids_are_measured()
    {
        using var single = Native.SingleThread();
        using var index = (IndexIVF)Create("IVF2,SQfp16");
        var centroids = new float[2 * Dimension];
        Array.Fill(centroids, 60_000f, 0, Dimension);
        Array.Fill(centroids, -60_000f, Dimension, Dimension);
        index.SetCentroids(centroids);
        index.Train(centroids);

        // Near a centroid, however large; and far from both, however small.
        var near = centroids.Select(component => component + 1000).ToArray();
        index.Add(near);
        index.NProbe = 2;
        Assert.Equal([0L, 1], index.Assign(near));
        float[] far = [60_000, 60_000, 60_000, 60_000, 60_000, -10_000, 0, 0];
        Assert.Contains("vector 0", Assert.Throws<ArgumentException>("vectors", () => index.Add(far)).Message, StringComparison.Ordinal);
        Assert.Equal(2, index.Count);

        // From the centroids of the lists that are given.
        var lists = (IndexIVFScalarQuantizer)index;
        Assert.Contains("vector 1", Assert.Throws<ArgumentException>("vectors", () => lists.AddToLists(near, [2, 3], [0, 0])).Message, StringComparison.Ordinal);
        lists.AddToLists(near, [2, 3], [0, 1]);
        Assert.Equal(4, index.Count);
    }

    [Fact]
    public void Bytes_do_not_hold_differences_from_centroids()
    {
        using var single = Native.SingleThread();
        using var index = Create("IVF4,SQ8_direct");
        var vectors = Scaled(255);
        index.Train(vectors);
        Assert.Contains("encodeResidual", Assert.Throws<ArgumentException>("vectors", () => index.Add(vectors)).Message, StringComparison.Ordinal);
        using var whole = new IndexIVFScalarQuantizer(new IndexFlatL2(Dimension), 4, ScalarQuantizerType.EightBitDirect, encodeResidual: false, takeOwnership: true);
        whole.Train(vectors);
        whole.Add(vectors);
        whole.NProbe = 4;
        Assert.Equal(0, whole.Search(vectors.AsSpan(0, Dimension), 1)[0][0].Distance);
    }

    [Theory]
    [InlineData("", 8)]
    [InlineData("", 16)]
    [InlineData("", 32)]
    [InlineData("SQ8_direct_signed", 64)]
    [InlineData("IDMap2,SQ8_direct", 16)]
    [InlineData("HNSW8,SQ8_direct", 16)]
    [InlineData("SQ8,Refine(SQ8_direct)", 48)]
    public void Queries_of_bytes_are_compared_exactly_and_others_refused(string description, int dimension)
    {
        Native.Require();
        using var single = Native.SingleThread();
        using var index = description.Length > 0 ? Create(description, dimension) : new IndexScalarQuantizer(dimension, ScalarQuantizerType.EightBitDirect);
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_parts"), "The library was not built with FaissSdk's functions.");
        float[] vectors = [.. new float[dimension], .. Query(100)];
        index.Train(vectors);
        index.AddWithIdsOrNot(vectors);

        Assert.Equal(new Neighbor(1, dimension * 16), index.Search(Query(96), 1)[0][0]);
        if (dimension == 8)
        {
            Assert.Equal(new Neighbor(1, dimension * 40_000), index.Search(Query(300), 1)[0][0]);
            Assert.Equal(new Neighbor(0, dimension * 0.25f), index.Search(Query(0.5f), 1)[0][0]);
            return;
        }

        foreach (var refused in new[] { 300, 0.5f, -129 })
        {
            float[] queries = [.. Query(96), .. Query(refused)];
            Action[] calls =
            [
                () => index.Search(queries, 1),
                () => index.Search(queries, 1, null, new CancellationTokenSource().Token),
                () => index.Search(Array.ConvertAll(queries, component => (double)component), 1),
                () => index.Assign(queries),
                () => index.SearchAndReconstruct(queries, 1, out _),
            ];
            Assert.All(calls, call => Assert.Contains("in vector 1", Assert.Throws<ArgumentException>("queries", call).Message, StringComparison.Ordinal));
        }

        float[] Query(float component) => [.. Enumerable.Repeat(component, dimension)];
    }

    [Theory]
    [InlineData("SQfp16")]
    [InlineData("IVF4,SQfp16")]
    [InlineData("PCA8,SQfp16")]
    [InlineData("RR8,IVF4,SQfp16")]
    public void No_vectors_are_held_by_any_code(string description)
    {
        using var single = Native.SingleThread();
        using var index = Create(description);
        index.Train(Scaled(100));
        index.Add([]);
        index.AddWithIdsOrNot([]);
        Assert.Empty(index.Encode([]));
        Assert.Equal(0, index.Count);
    }

    [Fact]
    public void Range_searches_that_decode_bytes_take_any_query()
    {
        Native.Require();
        Assert.SkipWhen(KnownDefects.ScalarQuantizerRanges.IsPresent, "This FAISS has no range search of scalar quantizers.");
        using var index = new IndexScalarQuantizer(16, ScalarQuantizerType.EightBitDirect);
        index.Add([.. new float[16], .. Enumerable.Repeat(100f, 16)]);
        Assert.Equal([0L], index.RangeSearch([.. Enumerable.Repeat(0.5f, 16)], 5)[0].Ids.ToArray());
        Assert.Equal(4, index.RangeSearch([.. Enumerable.Repeat(0.5f, 16)], 5)[0][0].Distance);
    }

    [Fact]
    public void Lists_of_bytes_refuse_other_queries()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_parts"), "The library was not built with FaissSdk's functions.");
        using var index = new IndexIVFScalarQuantizer(new IndexFlatL2(16), 1, ScalarQuantizerType.EightBitDirect, encodeResidual: false, takeOwnership: true);
        float[] vectors = [.. new float[16], .. Enumerable.Repeat(100f, 16)];
        index.Train(vectors);
        index.Add(vectors);
        float[] query = [.. Enumerable.Repeat(99.5f, 16)];
        Action[] calls =
        [
            () => index.Search(query, 1),
            () => index.RangeSearch(query, 100),
            () => index.SearchPreassigned(query, 1, [0], [0], new float[1], new long[1]),
        ];
        Assert.All(calls, call => Assert.Throws<ArgumentException>("queries", call));
    }

    private static FaissIndex Create(string description, int dimension = Dimension)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_index_parts"), "The library was not built with FaissSdk's functions.");
        try
        {
            return FaissIndex.Create(dimension, description);
        }
        catch (NotSupportedException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    // Whole numbers, unless the factor is too small for them.
    private static float[] Scaled(float factor)
    {
        var vectors = TestData.Uniform(Size, Dimension);
        return Array.ConvertAll(vectors, component => Math.Abs(factor) > 1 ? MathF.Truncate(component * factor) : component * factor);
    }
}
