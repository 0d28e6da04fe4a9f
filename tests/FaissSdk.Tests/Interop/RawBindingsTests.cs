using System.Reflection;
using System.Runtime.InteropServices;
using FaissSdk.Interop;

namespace FaissSdk.Tests.Interop;

public class RawBindingsTests
{
    private static readonly MethodInfo[] Functions =
        [.. typeof(FaissNative).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))];

    [Fact]
    public void The_union_of_all_versions_is_bound()
    {
        // 394 in 1.15.0, three that were dropped before, and 52 for GPUs.
        Assert.Equal(394 + 3 + 52, Functions.Length);
        Assert.Equal(Functions.Length, Functions.Select(function => function.Name).Distinct().Count());
    }

    [Fact]
    public void Every_function_that_the_library_has_links()
    {
        Native.Require();
        var present = Functions.Where(function => FaissLibrary.Supports(function.Name)).ToArray();
        Assert.True(present.Length >= 300, $"Only {present.Length} functions are there.");
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
