using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using FaissSdk.Interop;

namespace FaissSdk.Tests.Interop;

/// <summary>Reads from the IL of the SDK which raw functions it calls.</summary>
public class SdkCallsTests
{
    /// <summary>Functions that not every version has, which the SDK asks <see cref="FaissLibrary"/> for before it calls them.</summary>
    private static readonly HashSet<string> Guarded =
    [
        "faiss_IDSelectorAnd_new", "faiss_IDSelectorBitmap_bitmap", "faiss_IDSelectorBitmap_free", "faiss_IDSelectorBitmap_n", "faiss_IDSelectorBitmap_new",
        "faiss_IDSelectorNot_new", "faiss_IDSelectorOr_new", "faiss_IDSelectorXOr_new", "faiss_Index_search_with_params",
        "faiss_SearchParameters_free", "faiss_SearchParameters_new",
        .. new[] { "free", "new", "new_with", "sel", "efSearch", "set_efSearch", "check_relative_distance", "set_check_relative_distance", "bounded_queue", "set_bounded_queue" }
            .Select(name => "faiss_SearchParametersHNSW_" + name),
        .. new[] { "free", "new", "new_with", "sel", "nprobe", "set_nprobe", "max_codes", "set_max_codes", "max_lists_num", "set_max_lists_num",
            "ensure_topk_full", "set_ensure_topk_full", "max_empty_result_buckets", "set_max_empty_result_buckets" }
            .Select(name => "faiss_SearchParametersIVF_" + name),
    ];

    [Fact]
    public void The_SDK_calls_what_every_version_has_or_asks_before()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Checkout.File("bindings/api-history.json")));
        var versions = json.RootElement.GetProperty("versions");
        var (oldest, newest) = (versions[0].GetString(), versions[versions.GetArrayLength() - 1].GetString());
        var everywhere = json.RootElement.GetProperty("functions").EnumerateObject()
            .Where(function => function.Value.GetProperty("first").GetString() == oldest && function.Value.GetProperty("last").GetString() == newest)
            .Select(function => function.Name)
            .ToHashSet();
        var called = Called();
        Assert.True(called.Count > 30, $"Only {called.Count} functions are called.");
        Assert.Empty(called.Except(everywhere).Except(Guarded));
        Assert.Empty(Guarded.Except(called));
    }

    [Fact]
    public void The_loaded_library_has_what_the_SDK_calls()
    {
        Native.Require();
        Assert.All(Called().Except(Guarded), function => Assert.True(FaissLibrary.Supports(function), function));
    }

    private static HashSet<string> Called()
    {
        using var image = new PEReader(File.OpenRead(typeof(KMeans).Assembly.Location));
        var reader = image.GetMetadataReader();
        return [.. reader.MemberReferences
            .Select(reader.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference
                && reader.GetString(reader.GetTypeReference((TypeReferenceHandle)member.Parent).Name) == nameof(FaissNative))
            .Select(member => reader.GetString(member.Name))];
    }
}
