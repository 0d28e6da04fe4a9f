using FaissSdk.Native;

namespace FaissSdk.Tests.Interop;

/// <summary>Checks how FAISS's errors are worded.</summary>
public sealed class FaissErrorTests
{
    [Theory]
    [InlineData("Error in virtual void faiss::Index::f(faiss::idx_t) const at faiss/Index.cpp:12: no such thing", "no such thing. FAISS: Error in")]
    [InlineData("Error in void faiss::f() at C:\\faiss\\a b\\x.cpp:7: Error: 'n > 0' failed: n is 0", "n is 0. FAISS: Error in")]
    [InlineData("Error in void faiss::f() at /usr/src/x.h:7: Error: 'v[i] == 'a'' failed", "FAISS rejected the call by 'v[i] == 'a''. FAISS: Error in")]
    [InlineData("Error in void f() [with T = faiss::X; U = long int] at x.cpp:1: two\nlines", "two\nlines. FAISS: Error in")]
    [InlineData("something else", "something else")]
    [InlineData(null, "C++ threw")]
    [InlineData("", "C++ threw")]
    public void A_message_begins_with_the_reason(string? text, string beginning) => Assert.StartsWith(beginning, FaissError.Describe(text));

    [Fact]
    public void A_message_ends_with_the_text_of_FAISS()
    {
        const string Text = "Error in void faiss::f() at x.cpp:1: direct map not initialized";
        Assert.Equal($"here: direct map not initialized. {ErrorAdvice.MakeDirectMap.Text} FAISS: {Text}", FaissError.Describe(Text, "here"));
    }

    [Fact]
    public void Messages_name_the_cure()
    {
        Tests.Native.Require();
        using var single = Tests.Native.SingleThread();
        var vectors = TestData.Uniform(200, 8);
        using var lists = Filled("IVF4,Flat");
        using var transformed = Filled("PCA4,IVF4,Flat");
        using var graph = Filled("HNSW8");
        using var map = FaissIndex.Create(8, "IDMap,Flat");
        using var selector = new IDSelectorRange(0, 5);
        AssertMessage("direct map not initialized.", "MakeDirectMap", () => lists.Reconstruct(1));
        AssertMessage("direct map not initialized.", "MakeDirectMap", () => transformed.ReconstructRange(1, 2));
        AssertMessage("direct map not initialized.", "MakeDirectMap", () => lists.ComputeResidual(new float[8], 1, new float[8]));
        AssertMessage("remove_ids not implemented", "IDSelectorNot", () => graph.Remove(selector));
        AssertMessage("add_with_ids not implemented", "IDMap2", () => graph.AddWithIds(vectors.AsSpan(0, 8), [1]));
        AssertMessage("add does not make sense", "AddWithIds", () => map.Add(vectors));
        AssertMessage("standalone codec not implemented", "SQ8", () => graph.Encode(vectors));
        AssertMessage("'Flatt' of dimension 8: could not parse", "separated by commas", () => FaissIndex.Create(8, "Flatt"));
        AssertMessage("'ivf4,pq4X4FS' of dimension 8: could not parse", "'IVF4,PQ4x4fs'", () => FaissIndex.Create(8, "ivf4,pq4X4FS"));
        AssertMessage("'idmap2,hnsw16' of dimension 8: could not parse", "'IDMap2,HNSW16'", () => FaissIndex.Create(8, "idmap2,hnsw16"));
        AssertMessage("Number of training points", "more vectors", () => FaissIndex.Create(8, "IVF100,Flat").Train(vectors.AsSpan(0, 80)));
        AssertMessage("ParameterSpace::set_index_parameter:could not set parameter", "case-sensitive", () => lists.SetParameter("NPROBE", 2));
    }

    [Theory]
    [InlineData("SQbf16", "1.9.0")]
    [InlineData("SQ8_direct", "1.9.0")]
    [InlineData("IVF4k,Flat", "1.9.0")]
    [InlineData("LSH4", "1.9.0")]
    [InlineData("HNSW8,PQ4x4", "1.8.0")]
    [InlineData("IVF4,RaBitQ", "1.11.0")]
    [InlineData("RaBitQfs", "1.13.0")]
    [InlineData("IVF4,FlatPanorama4", "1.13.0")]
    [InlineData("RaBitQ4", "1.13.1")]
    [InlineData("FlatL2Panorama4", "1.13.1")]
    [InlineData("RaBitQfs4", "1.13.2")]
    [InlineData("HNSW8,FlatPanorama4", "1.13.2")]
    [InlineData("HR,Flat", "1.14.1")]
    [InlineData("IVF4,SQ0", "1.14.2")]
    [InlineData("SQtqmse4", "1.14.2")]
    [InlineData("SQtq4", "1.14.3")]
    [InlineData("IDMap2,EDEN4", "1.15.0")]
    public void A_newer_part_of_a_factory_string_is_named_with_its_version(string description, string version)
    {
        Tests.Native.Require();
        var error = Record.Exception(() => FaissIndex.Create(8, description).Dispose());
        if (Version.TryParse(FaissLibrary.Info.Version, out var loaded) && loaded >= Version.Parse(version))
        {
            Assert.Null(error);
            return;
        }

        Assert.Contains($"FAISS {version}", Assert.IsType<NotSupportedException>(error).Message);
    }

    private static FaissIndex Filled(string description)
    {
        var index = FaissIndex.Create(8, description);
        index.Train(TestData.Uniform(200, 8));
        index.Add(TestData.Uniform(200, 8));
        return index;
    }

    private static void AssertMessage(string beginning, string advice, Action call)
    {
        var error = Assert.Throws<FaissException>(call);
        Assert.StartsWith(beginning, error.Message);
        Assert.Contains(advice, error.Message);
        Assert.Contains(" FAISS: Error in ", error.Message);
    }
}
