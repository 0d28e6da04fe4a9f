namespace FaissSdk.Tests.Indexes;

/// <summary>Tests that a merge of binary indexes keeps ids in their range.</summary>
public class BinaryMergeIdsTests
{
    private const int Dimension = 64;

    [Theory]
    [InlineData("BIVF4", long.MaxValue)]
    [InlineData("BIVF4", -6)]
    [InlineData("IDMap,BFlat", long.MaxValue)]
    [InlineData("IDMap2,BFlat", -1006)]
    [InlineData("IDMap,BFlat", long.MinValue)]
    public void A_number_that_leads_ids_out_of_their_range_changes_nothing(string description, long addId)
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_binary_merge") && FaissLibrary.Supports("faiss_index_binary_factory"), "This needs a library of FaissSdk with FAISS 1.9.0.");
        using var folder = new TemporaryFolder();
        var vectors = BinaryVectors.Random(200, Dimension);
        using var index = BinaryVectors.Index(description, Dimension, vectors, folder.Path);
        using var other = BinaryVectors.Index(description, Dimension, vectors, folder.Path);
        var before = other.Serialize();

        var error = Assert.Throws<ArgumentOutOfRangeException>(nameof(addId), () => index.MergeFrom(other, addId));

        Assert.StartsWith("The other index holds id ", error.Message, StringComparison.Ordinal);
        Assert.Equal((200, 200), (index.Count, other.Count));
        Assert.Equal(before, other.Serialize());
        index.MergeFrom(other, 5000);
        Assert.Equal(400, index.Count);
    }
}
