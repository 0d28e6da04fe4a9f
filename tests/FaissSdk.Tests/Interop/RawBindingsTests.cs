using System.Reflection;
using System.Runtime.InteropServices;
using FaissSdk.Interop;

namespace FaissSdk.Tests.Interop;

public class RawBindingsTests
{
    private static readonly MethodInfo[] Methods = typeof(FaissNative).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly);

    private static readonly MethodInfo[] Functions = [.. Methods.Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))];

    [Fact]
    public void The_functions_of_all_versions_are_bound() =>
        Assert.Equal(ApiVersions.Functions.Keys.Order(StringComparer.Ordinal), Methods.Select(method => method.Name).Where(name => !name.StartsWith("faiss_sdk_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void Only_inline_functions_are_not_imported() =>
        Assert.Equal(["faiss_IndexIVFStats_init"], Methods.Except(Functions).Select(method => method.Name));

    [Fact]
    public void Every_function_of_the_library_links()
    {
        Native.Require();
        var present = Functions.Where(function => FaissLibrary.Supports(function.Name)).ToArray();
        Assert.True(present.Length >= 300, $"The library has only {present.Length} functions; FAISS 1.7.3 has 301.");
        Assert.All(present, Marshal.Prelink);
    }

    [Fact]
    public void A_function_that_the_library_lacks_does_not_link()
    {
        Native.Require();
        var absent = Functions.Where(function => !FaissLibrary.Supports(function.Name)).ToArray();
        Assert.NotEmpty(absent);
        Assert.All(absent, function => Assert.Throws<EntryPointNotFoundException>(() => Marshal.Prelink(function)));
    }
}
