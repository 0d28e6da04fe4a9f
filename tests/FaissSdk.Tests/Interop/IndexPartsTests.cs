using FaissSdk.Native;

namespace FaissSdk.Tests.Interop;

public sealed unsafe class IndexPartsTests
{
    [Theory]
    [InlineData("Flat", "IndexFlat")]
    [InlineData("IVF4,SQ8", "IndexIVFScalarQuantizer(quantizer:IndexFlat)")]
    [InlineData("PCA4,IVF4,Flat", "IndexPreTransform(transform:PCAMatrix index:IndexIVFFlat(quantizer:IndexFlat))")]
    [InlineData("IDMap2,SQ8", "IndexIDMap2(index:IndexScalarQuantizer)")]
    [InlineData("SQ8,RFlat", "IndexRefine(base:IndexScalarQuantizer refine:IndexFlat)")]
    [InlineData("IVF4_HNSW8,PQ4x4fs,Refine(SQ8)", "IndexRefine(base:IndexIVFPQFastScan(quantizer:IndexHNSWFlat(storage:IndexFlat)) refine:IndexScalarQuantizer)")]
    [InlineData("IMI2x2,Flat", "IndexIVFFlat(quantizer:MultiIndexQuantizer)")]
    public void The_parts_of_a_factory_string_are_described(string description, string expected)
    {
        Native.Require();
        using var index = FaissIndex.Create(8, description);
        using var native = index.Handle.Acquire(index);
        var parts = NativeParts.Of(native.Pointer);
        Assert.Equal(expected, Text(parts));
        Assert.True(parts.IsWhollyKnown);
    }

    [Theory]
    [InlineData("BIVF4", "IndexBinaryIVF(quantizer:IndexBinaryFlat)")]
    [InlineData("BHNSW8", "IndexBinaryHNSW(storage:IndexBinaryFlat)")]
    public void The_parts_of_a_binary_index_are_described(string description, string expected)
    {
        Assert.SkipUnless(FaissLibrary.Supports("faiss_index_binary_factory"), "Making binary indexes needs FAISS 1.9.0.");
        using var index = IndexBinary.Create(16, description);
        using var native = index.Handle.Acquire(index);
        Assert.Equal(expected, Text(NativeParts.Of(native.Pointer)));
    }

    [Theory]
    [InlineData("Flat")]
    [InlineData("IVF4,SQ8")]
    [InlineData("PCA4,IVF4,Flat")]
    [InlineData("IDMap2,SQ8")]
    [InlineData("IVF4_HNSW8,PQ4x4fs,Refine(SQ8)")]
    [InlineData("HNSW8,Flat")]
    public void A_library_without_descriptions_shows_less_but_nothing_else(string description)
    {
        Native.Require();
        using var index = FaissIndex.Create(8, description);
        using var native = index.Handle.Acquire(index);
        AssertLess(NativeParts.Of(native.Pointer), ForeignParts.Of(native.Pointer));
    }

    [Fact]
    public void Facts_follow_the_index()
    {
        Native.Require();
        using var index = (IndexPreTransform)FaissIndex.Create(8, "PCA4,IVF4,Flat");
        var data = TestData.Uniform(500, 8, 1);
        index.Train(data);
        index.Add(data);
        using var native = index.Handle.Acquire(index);
        var lists = NativeParts.Of(native.Pointer).Innermost;
        Assert.Equal(500, lists.Count);
        Assert.Equal(4, lists.ListCount);
        Assert.True(lists.IsTrained);
        Assert.False(lists.HoldsListsInFile);
        Assert.False(lists.HoldsDirectMap);
    }

    private static string Text(IndexPart part)
    {
        var name = part.Class
            .Replace("IndexIDMap2Template<Index>", "IndexIDMap2", StringComparison.Ordinal)
            .Replace("IndexRefineFlat", "IndexRefine", StringComparison.Ordinal)
            .Replace("IndexFlatL2", "IndexFlat", StringComparison.Ordinal);
        return part.Parts.Count == 0 ? name : $"{name}({string.Join(' ', part.Parts.Select(inner => $"{inner.Role}:{Text(inner)}"))})";
    }

    private static void AssertLess(IndexPart whole, IndexPart shown)
    {
        if (!shown.IsKnown)
        {
            Assert.True(shown.Text("code").Length == 0 || shown.Text("code") == whole.Code);
            return;
        }

        Assert.Equal((whole.Object, whole.Dimension, whole.Count, whole.Metric, whole.IsTrained), (shown.Object, shown.Dimension, shown.Count, shown.Metric, shown.IsTrained));
        Assert.Equal((whole.ListCount, whole.IsIDMap, whole.IsIDMap2, whole.Code), (shown.ListCount, shown.IsIDMap, shown.IsIDMap2, shown.Code));
        Assert.All(shown.Parts, part => AssertLess(Assert.Single(whole.Parts, other => other.Role == part.Role), part));
    }
}
