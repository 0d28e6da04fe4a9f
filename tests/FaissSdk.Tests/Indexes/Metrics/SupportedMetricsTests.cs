using System.Buffers.Binary;

namespace FaissSdk.Tests.Indexes;

public class SupportedMetricsTests
{
    // The metric follows the code, d, the number of vectors, two unused numbers and the flag of training.
    private const int MetricOffset = 33;

    [Theory]
    [InlineData("Flat;IDMap,Flat;IDMap2,Flat;Pad20,Flat;HNSW8;HNSW8,Flat;IDMap,HNSW8;NSG16")]
    [InlineData("IVF4,Flat;IVF4(Flat),Flat;IVF4,FlatDedup;IDMap,IVF4,Flat;Pad20,IVF4,Flat;IVF4_HNSW8,Flat;IVF4(SQ8),Flat;IVF4(HNSW8,SQ8),Flat;IVF16(RCQ1x4),Flat;IMI2x2,Flat")]
    [InlineData("SQ8;SQ4;SQ6;SQfp16;SQbf16;SQ8_direct;SQtq4;SQtqmse4;LSH;LSHrt;PQ4x4;PQ4x4np;PQ4x4fs;ZnLattice2x10_6;FlatL2Panorama4;FlatIPPanorama4;IDMap,SQ8")]
    [InlineData("RQ2x4;RQ2x4_Nqint8;LSQ2x4;PRQ2x2x4;PLSQ2x2x4;RCQ2x4;LSCQ2x4;RQ4x4fs;RQ4x4fs_32_Nrq2x4;PRQ2x2x4fs_32_Nrq2x4;LSQ4x4fs_32_Nlsq2x4")]
    [InlineData("RaBitQ;RaBitQ4;RaBitQfs;RaBitQfs4;EDEN;EDEN2;EDEN4BIASED;IVF4,RaBitQ;IVF4,RaBitQ4;IVF4,RaBitQfs;IVF4,EDEN;IVF4,EDEN2;IVF4,FlatPanorama4;HNSW8_FlatPanorama4")]
    [InlineData("IVF4,SQ8;IVF4,SQfp16;IVF4,SQtq4;IVF4,PQ4x4np;IVF4,PQ4+4;IVF4,PQ4x4fs;IVF4,PQ4x4fsr;IVF4,ITQ8,SH;IMI2x2,PQ4x4np;IVF4_HNSW8,SQ8")]
    [InlineData("IVF4,RQ2x4;IVF4,RQ2x4_Nqint8;IVF4,LSQ2x4;IVF4,PRQ2x2x4;IVF4,PLSQ2x2x4;IVF4,RQ4x4fs_32_Nrq2x4;IVF4,PRQ2x2x4fs_32_Nrq2x4;Residual4,PQ4x4np")]
    [InlineData("HNSW8,SQ8;HNSW8,SQfp16;HNSW8_PQ4np;HNSW8_4+PQ4;HNSW8_2x2+PQ4;NSG8,SQ8;NSG8_PQ4x4np;SQ8,RFlat;Flat,RFlat;HNSW8,RFlat;IVF4,Flat,RFlat;IVF4,PQ4x4fs,RFlat")]
    [InlineData("Flat,Refine(SQ8);Flat,Refine(Flat);SQ4,Refine(SQ8);PQ4x4np,Refine(SQfp16);Flat,Refine(PQ4x4np);RaBitQ,RFlat;PCA8,Flat;OPQ4,PQ4x4np;RR16,Flat;HR,Flat;L2norm,Flat;ITQ16,LSH;PCA8,IVF4,Flat;MinMax,SQ8")]
    public void Every_kind_compares_by_its_metric_or_is_refused(string kinds)
    {
        Native.Require();
        ChildProcess.Run(MetricScenario.Run, kinds, seconds: 240).AssertReturned();
    }

    [Theory]
    [InlineData("HNSW8_PQ4np", MetricType.InnerProduct)]
    [InlineData("HNSW8_4+PQ4", MetricType.InnerProduct)]
    [InlineData("IVF4,ITQ8,SH", MetricType.InnerProduct)]
    [InlineData("ZnLattice2x10_6", MetricType.L1)]
    public void A_metric_that_the_factory_ignores_is_refused(string kind, MetricType metric)
    {
        Native.Require();
        FaissIndex.Create(16, kind).Dispose();
        Assert.Contains($"compares by L2, whatever metric is asked for ({metric})", Assert.Throws<NotSupportedException>(() => FaissIndex.Create(16, kind, metric)).Message);
    }

    [Theory]
    [InlineData(MetricType.JensenShannon, -1f, 1f)]
    [InlineData(MetricType.JensenShannon, 0f, 1f)]
    [InlineData(MetricType.JensenShannon, float.NaN, 1f)]
    [InlineData(MetricType.JensenShannon, float.PositiveInfinity, 1f)]
    [InlineData(MetricType.Jaccard, -1f, 1f)]
    [InlineData(MetricType.Jaccard, float.NaN, 1f)]
    [InlineData(MetricType.Jaccard, 0f, 0f)]
    [InlineData(MetricType.Canberra, 0f, 1f)]
    [InlineData(MetricType.Canberra, 1f, -0f)]
    [InlineData(MetricType.BrayCurtis, 0f, 0f)]
    public void Vectors_without_distances_are_rejected(MetricType metric, float first, float second)
    {
        Native.Require();
        Assert.SkipUnless(metric <= MetricType.JensenShannon || IndexKind.IsNewFaiss, $"{metric} needs FAISS 1.15.0 or later; loaded: {FaissLibrary.Info.Version}.");
        float[] vectors = [1, 2, first, second];
        foreach (var kind in new[] { "Flat", "HNSW8", "IDMap2,Flat" })
        {
            using var index = FaissIndex.Create(2, kind, metric);
            AssertNamed(() => index.Train(vectors), "vectors", metric);
            AssertNamed(() => index.AddWithIds(vectors, [1, 2]), "vectors", metric);
            if (kind != "IDMap2,Flat")
            {
                AssertNamed(() => index.Add(vectors), "vectors", metric);
                index.Add([1, 2, 3, 4]);
            }
            else
            {
                index.AddWithIds([1, 2, 3, 4], [0, 1]);
            }

            if (metric is MetricType.JensenShannon or MetricType.Jaccard)
            {
                AssertNamed(() => index.Search(vectors, 1), "queries", metric);
                AssertNamed(() => index.Assign(vectors), "queries", metric);
                AssertNamed(() => index.RangeSearch(vectors, 1), "queries", metric);
            }
            else
            {
                Assert.Equal(0, index.Search(vectors, 1).Ids[0]);
                Assert.NotEqual(-1, index.Search(vectors, 1).Ids[1]);
            }
        }
    }

    [Fact]
    public void Metrics_of_newer_versions_are_refused_with_the_version()
    {
        Native.Require();
        foreach (var metric in new[] { MetricType.Jaccard, MetricType.NaNEuclidean, MetricType.Gower })
        {
            var error = Record.Exception(() => FaissIndex.Create(4, "Flat", metric).Dispose());
            Assert.True(IndexKind.IsNewFaiss ? error is null : error is NotSupportedException && error.Message.Contains("1.15.0", StringComparison.Ordinal), $"{metric}: {error}");
        }
    }

    [Fact]
    public void Unknown_components_are_left_out()
    {
        Native.Require();
        Assert.SkipUnless(IndexKind.IsNewFaiss, $"NaNEuclidean needs FAISS 1.15.0 or later; loaded: {FaissLibrary.Info.Version}.");
        using var index = new IndexFlat(4, MetricType.NaNEuclidean);
        index.Add([1, 2, 3, 4, 5, float.NaN, 7, 8, float.NaN, float.NaN, 1, 1]);
        var found = index.Search([1, float.NaN, float.NaN, 4], 3);
        Assert.Equal((long[])[0, 2, 1], found[0].Ids.ToArray());
        Assert.Equal((float[])[0, 36, 64], found[0].Distances.ToArray());
        AssertNamed(() => index.Add([float.NaN, float.NaN, float.NaN, float.NaN]), "vectors", MetricType.NaNEuclidean);
        AssertNamed(() => index.Search([1, 2, 3, float.NegativeInfinity], 1), "queries", MetricType.NaNEuclidean);
        using var graph = FaissIndex.Create(4, "HNSW8,Flat", MetricType.NaNEuclidean);
        Assert.Throws<ArgumentException>("vectors", () => graph.Add([1, 2, 3, float.NaN]));
    }

    [Fact]
    public void Numbers_and_categories_are_compared()
    {
        Native.Require();
        Assert.SkipUnless(IndexKind.IsNewFaiss, $"Gower needs FAISS 1.15.0 or later; loaded: {FaissLibrary.Info.Version}.");
        using var index = new IndexFlat(4, MetricType.Gower);
        index.Add([0.5f, 0.25f, -1, -2, 1, 0.25f, -1, -3, float.NaN, 0.5f, -2, -2, -1, -1, -1, -1]);

        var found = index.Search([0.5f, 0.25f, -1, -2], 4);

        Assert.Equal((long[])[0, 1, 2, -1], found.Ids);
        Assert.Equal((float[])[0, 0.375f, 1.25f / 3], found.Distances[..3]);
        Assert.Equal((long[])[0], index.RangeSearch([0.5f, 0.25f, -1, -2], 0.3f)[0].Ids);
        AssertNamed(() => index.Add([0, 0, 0, 1.5f]), "vectors", MetricType.Gower);
        AssertNamed(() => index.Add([0, 0, 0, -1.5f]), "vectors", MetricType.Gower);
        AssertNamed(() => index.Add([float.NaN, float.NaN, float.NaN, float.NaN]), "vectors", MetricType.Gower);
        AssertNamed(() => index.Search([0, 0, 0, float.NegativeInfinity], 1), "queries", MetricType.Gower);
        Assert.Contains("Use Flat", Assert.Throws<NotSupportedException>(() => FaissIndex.Create(4, "HNSW8", MetricType.Gower)).Message, StringComparison.Ordinal);
        Assert.Contains("Use Flat", Assert.Throws<NotSupportedException>(() => FaissIndex.Create(4, "IVF4,Flat", MetricType.Gower)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Flat")]
    [InlineData("IVF2,Flat")]
    public void Absent_neighbors_are_the_least_similar(string kind)
    {
        Native.RequireOwnSearch();
        Assert.SkipUnless(IndexKind.IsNewFaiss, $"Jaccard needs FAISS 1.15.0 or later; loaded: {FaissLibrary.Info.Version}.");
        var vectors = TestData.Uniform(5, 4);
        using var index = FaissIndex.Create(4, kind, MetricType.Jaccard);
        index.Train(vectors);
        index.Add(vectors);
        SearchResult[] results = [index.Search(vectors, 9), index.SearchAndReconstruct(vectors, 9, out _), index.SearchAndGetCodes(vectors, 9, out _)];
        Assert.All(results, found => Assert.All(found.Ids.ToArray().Zip(found.Distances.ToArray()), neighbor => Assert.Equal(neighbor.First < 0, neighbor.Second == float.MinValue)));
    }

    [Fact]
    public void Lists_by_a_rare_metric_reject_vectors_without_distances()
    {
        Native.Require();
        Assert.SkipUnless(IndexKind.IsNewFaiss, "Lists by metrics other than L2 and inner product need FAISS 1.15.0.");
        using var index = FaissIndex.Create(2, "IVF1,Flat", MetricType.BrayCurtis);
        AssertNamed(() => index.Train([1, -2]), "vectors", MetricType.BrayCurtis);
        index.Train([1, 2, 3, 4]);
        AssertNamed(() => index.Add([-2, -3]), "vectors", MetricType.BrayCurtis);
        index.Add([1, 2]);
        AssertNamed(() => index.Search([-2, -3], 1), "queries", MetricType.BrayCurtis);
        AssertNamed(() => index.Search([0, 0], 1), "queries", MetricType.BrayCurtis);
        Assert.Equal(0, index.Search([0, 1], 1).Ids[0]);
    }

    [Fact]
    public void Composites_do_not_take_parts_by_rare_metrics()
    {
        Native.Require();
        using var flat = new IndexFlat(8, MetricType.L1);
        using var quantizer = new IndexFlat(8, MetricType.JensenShannon);
        using var pca = new PCAMatrix(8, 8);
        using var center = new CenteringTransform(8);
        Assert.Equal("baseIndex", Assert.Throws<ArgumentException>(() => new IndexRefineFlat(flat)).ParamName);
        Assert.Equal("quantizer", Assert.Throws<ArgumentException>(() => new IndexIVFFlat(quantizer, 4)).ParamName);
        Assert.Equal("quantizer", Assert.Throws<ArgumentException>(() => new IndexIVFScalarQuantizer(quantizer, 4, ScalarQuantizerType.EightBit)).ParamName);
        Assert.Contains("PCAMatrix", Assert.Throws<NotSupportedException>(() => new IndexPreTransform(pca, flat)).Message);
        Assert.Contains("CenteringTransform", Assert.Throws<NotSupportedException>(() => new IndexPreTransform(center, quantizer)).Message);
        using var centered = new IndexPreTransform(center, flat);
        Assert.Contains("PCAMatrix", Assert.Throws<NotSupportedException>(() => centered.PrependTransform(pca)).Message);
    }

    [Theory]
    [InlineData("SQ8", MetricType.L1, "by L1")]
    [InlineData("PQ4x4", MetricType.Canberra, "by Canberra")]
    [InlineData("Flat", (MetricType)26, "by metric 26")]
    public void A_file_of_a_metric_that_is_not_supported_is_refused(string kind, MetricType metric, string message)
    {
        Native.Require();
        using var index = FaissIndex.Create(8, kind);
        index.Train(TestData.Uniform(100, 8));
        index.Add(TestData.Uniform(10, 8));
        var bytes = index.Serialize().ToList();
        var number = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, (int)metric);

        // Metrics other than L2 and inner product have an argument.
        bytes.RemoveRange(MetricOffset, sizeof(int));
        bytes.InsertRange(MetricOffset, [.. number, .. new byte[sizeof(float)]]);
        var error = Record.Exception(() => FaissIndex.Deserialize(bytes.ToArray()));
        if (IndexKind.IsNewFaiss && !Enum.IsDefined(metric))
        {
            // These versions refuse what they do not know.
            Assert.Contains($"metric type {(int)metric}", Assert.IsType<FaissException>(error).Message, StringComparison.Ordinal);
            return;
        }

        Assert.Contains(message, Assert.IsType<NotSupportedException>(error).Message, StringComparison.Ordinal);
    }

    private static void AssertNamed(Action call, string parameter, MetricType metric)
    {
        var error = Assert.Throws<ArgumentException>(call);
        Assert.Equal(parameter, error.ParamName);
        Assert.Contains(metric.ToString(), error.Message);
    }
}
