using FaissSdk.Interop;

namespace FaissSdk.Tests.Interop;

public class ApiVersionsTests
{
    [Theory]
    [InlineData("faiss_IndexBinary_search_with_params", "1.13.2", "needs FAISS 1.14.0 or later")]
    [InlineData("faiss_IndexBinary_search_with_params", "1.7.3 to 1.8.0", "needs FAISS 1.14.0 or later")]
    [InlineData("faiss_IndexBinary_search_with_params", "1.14.0", "is declared by this version of FAISS, but missing in this library")]
    [InlineData("faiss_IndexShards_own_fields", "1.15.0", "exists only in FAISS 1.7.3 to 1.14.1")]
    [InlineData("faiss_IndexShards_own_fields", "1.14.2", "exists only in FAISS 1.7.3 to 1.14.1")]
    [InlineData("faiss_IndexShards_own_fields", "1.14.1", "is declared by this version of FAISS, but missing in this library")]
    [InlineData("faiss_no_such_function", "1.15.0", "is not a function of the FAISS C API")]
    public void The_reason_names_the_versions_that_have_the_function(string function, string loaded, string reason) =>
        Assert.Equal(reason, ApiVersions.WhyMissing(function, loaded));

    [Theory]
    [InlineData("faiss_IndexBinary_search_with_params", "1.13.2", true)]
    [InlineData("faiss_IndexBinary_search_with_params", "1.7.3 to 1.8.0", true)]
    [InlineData("faiss_IndexBinary_search_with_params", "1.14.0", false)]
    [InlineData("faiss_IndexShards_own_fields", "1.15.0", false)]
    [InlineData("faiss_no_such_function", "1.15.0", false)]
    public void The_command_that_builds_a_newer_version_is_named_where_it_helps(string function, string loaded, bool helps) =>
        Assert.Equal(helps ? ApiVersions.HowToGetNewest() : "", ApiVersions.HowToGet(function, loaded));
}
