namespace FaissSdk.Tests.Indexes;

/// <content>Factory strings and dimensions.</content>
public sealed partial class FaissIndexTests
{
    [Fact]
    public void Create_returns_the_most_specific_type()
    {
        Native.Require();
        using var flat = FaissIndex.Create(4, "Flat");
        using var inner = FaissIndex.Create(4, "Flat", MetricType.InnerProduct);
        using var l1 = FaissIndex.Create(4, "Flat", MetricType.L1);
        using var ivf = FaissIndex.Create(4, "IVF4,Flat");
        Assert.IsType<IndexFlatL2>(flat);
        Assert.IsType<IndexFlatIP>(inner);
        Assert.IsType<IndexFlat>(l1);
        Assert.IsNotType<IndexFlat>(ivf, exactMatch: false);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("Flat\0")]
    public void Create_rejects_an_empty_description(string description)
    {
        Native.Require();
        Assert.Equal("description", Assert.Throws<ArgumentException>(() => FaissIndex.Create(4, description)).ParamName);
    }

    // Each of these crashes FAISS 1.7.3, and some of them crash 1.15.0.
    [Theory]
    [InlineData("IVF0,Flat", "character 4")]
    [InlineData("PQ0x4", "character 3")]
    [InlineData("PQ4x0", "character 5")]
    [InlineData("IVF4,PQ4x4fs_0", "character 14")]
    [InlineData("IVF4(PQ0),Flat", "character 8")]
    [InlineData("OPQ0,PQ4x4", "character 4")]
    [InlineData("HNSW0", "character 5")]
    [InlineData("HNSW1", "HNSW1")]
    [InlineData("IVF4_HNSW1,Flat", "HNSW1")]
    [InlineData("NSG00", "'00'")]
    [InlineData("RQ2x0", "character 5")]
    [InlineData("LSQ0x4", "character 4")]
    public void Create_rejects_a_count_of_zero(string description, string place)
    {
        Native.Require();
        var error = Assert.Throws<ArgumentException>(() => FaissIndex.Create(8, description));
        Assert.Contains(description, error.Message);
        Assert.Contains(place, error.Message);
    }

    [Fact]
    public void Create_rejects_an_undefined_metric()
    {
        Native.Require();
        Assert.Equal("metric", Assert.Throws<ArgumentOutOfRangeException>(() => FaissIndex.Create(8, "Flat", (MetricType)99)).ParamName);
        Assert.Equal("metric", Assert.Throws<ArgumentOutOfRangeException>(() => new IndexFlat(8, (MetricType)(-1))).ParamName);
        Assert.Contains("exponent", Assert.Throws<ArgumentOutOfRangeException>(() => new IndexFlat(8, MetricType.Lp)).Message);
    }

    [Fact]
    public void Create_reports_the_error_of_FAISS()
    {
        Native.Require();
        var error = Assert.Throws<FaissException>(() => FaissIndex.Create(4, "Nonsense77"));
        Assert.Contains("Nonsense77", error.Message);
        Assert.Equal(FaissErrorCode.Faiss, error.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void Create_rejects_a_dimension_that_is_not_positive(int dimension)
    {
        Native.Require();
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexFlatL2(dimension));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexFlatIP(dimension));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndexFlat(dimension, MetricType.L1));
        Assert.Contains($"{dimension}", Assert.Throws<ArgumentOutOfRangeException>(() => FaissIndex.Create(dimension, "Flat")).Message);
    }

    [Fact]
    public void NSG_is_not_supported_before_FAISS_1_15()
    {
        Native.Require();
        Native.AssertSupported(IndexKind.IsNewFaiss, () => FaissIndex.Create(8, "NSG8").Dispose());
    }

    [Fact]
    public void Create_rejects_a_description_beyond_the_parser_limit()
    {
        Native.Require();
        var description = "PCA" + new string('1', 30_000) + ",Flat";
        Assert.Contains("30008 characters", Assert.Throws<ArgumentException>(() => FaissIndex.Create(8, description)).Message);
    }

    [Fact]
    public void An_exception_of_the_standard_library_is_reported()
    {
        Native.Require();
        var error = Assert.Throws<FaissException>(() => FaissIndex.Create(8, "PQ99999999999"));
        Assert.Equal(FaissErrorCode.Standard, error.Code);
        Assert.Contains("'PQ99999999999' of dimension 8: C++ threw", error.Message);
    }
}
