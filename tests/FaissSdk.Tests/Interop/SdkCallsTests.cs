using System.Text.Json;

namespace FaissSdk.Tests.Interop;

public class SdkCallsTests
{
    private static readonly SdkCalls Sdk = new(typeof(KMeans).Assembly.Location);

    private const string SameField = "reads or writes the same field of the base class";
    private const string NoDistanceComputer = "the C API has no function that returns a distance computer";
    private const string NoLibrary = "the header declares it, and no library has it";
    private const string NoDimension = "creates an index of dimension 0 that cannot be changed";
    private const string FewerOptions = "is the same with fewer options";
    private const string HeldByTheSdk = "reads or writes what the SDK keeps in managed memory and passes to each search";
    private const string NoLastBytes = "does not report that the last bytes did not reach the disk";

    /// <summary>The functions that the SDK does not call, the function that it calls instead (null if none is needed), and the reason.</summary>
    private static readonly (string Function, string? Instead, string Reason)[] LeftOut =
    [
        ("faiss_DistanceComputer_free", null, NoDistanceComputer),
        ("faiss_DistanceComputer_set_query", null, NoDistanceComputer),
        ("faiss_DistanceComputer_symmetric_dis", null, NoDistanceComputer),
        ("faiss_DistanceComputer_vector_to_query_dis", null, NoDistanceComputer),
        ("faiss_IOReader_free", "faiss_CustomIOReader_free", NoLibrary),
        ("faiss_IOWriter_free", "faiss_CustomIOWriter_free", NoLibrary),
        ("faiss_IndexIVFScalarQuantizer_new", "faiss_IndexIVFScalarQuantizer_new_with_metric", NoLibrary),
        ("faiss_IndexIVFScalarQuantizer_new_with", "faiss_IndexIVFScalarQuantizer_new_with_metric", NoLibrary),
        ("faiss_IndexIVFStats_init", "faiss_IndexIVFStats_reset", "is an inline function of the header that does the same"),
        ("faiss_IndexFlat_new", "faiss_IndexFlat_new_with", NoDimension),
        ("faiss_IndexFlatIP_new", "faiss_IndexFlatIP_new_with", NoDimension),
        ("faiss_IndexFlatL2_new", "faiss_IndexFlatL2_new_with", NoDimension),
        ("faiss_IndexScalarQuantizer_new", "faiss_IndexScalarQuantizer_new_with", NoDimension),
        ("faiss_IndexLSH_code_size", "faiss_Index_sa_code_size", "returns what the code size of any index is"),
        ("faiss_IndexIVFFlat_new", "faiss_IndexIVFFlat_new_with_metric", "creates an index without a quantizer, which crashes in most calls"),
        ("faiss_IndexPreTransform_new", "faiss_IndexPreTransform_new_with", "creates an index around none, which crashes in most calls"),
        ("faiss_IndexFlat1D_new", "faiss_IndexFlat1D_new_with", FewerOptions),
        ("faiss_IndexIVFFlat_new_with", "faiss_IndexIVFFlat_new_with_metric", FewerOptions),
        ("faiss_IndexLSH_new", "faiss_IndexLSH_new_with_options", FewerOptions),
        ("faiss_IndexReplicas_new", "faiss_IndexReplicas_new_with_options", FewerOptions),
        ("faiss_IndexShards_new", "faiss_IndexShards_new_with_options", FewerOptions),
        ("faiss_IndexIDMap2_id_map", "faiss_IndexIDMap_id_map", SameField),
        ("faiss_IndexIDMap2_own_fields", "faiss_IndexIDMap_own_fields", SameField),
        ("faiss_IndexIDMap2_set_own_fields", "faiss_IndexIDMap_set_own_fields", SameField),
        ("faiss_IndexIDMap2_sub_index", "faiss_IndexIDMap_sub_index", SameField),
        ("faiss_IndexIVFFlat_nlist", "faiss_IndexIVF_nlist", SameField),
        ("faiss_IndexIVFFlat_nprobe", "faiss_IndexIVF_nprobe", SameField),
        ("faiss_IndexIVFFlat_own_fields", "faiss_IndexIVF_own_fields", SameField),
        ("faiss_IndexIVFFlat_quantizer", "faiss_IndexIVF_quantizer", SameField),
        ("faiss_IndexIVFFlat_quantizer_trains_alone", "faiss_IndexIVF_quantizer_trains_alone", SameField),
        ("faiss_IndexIVFFlat_set_nprobe", "faiss_IndexIVF_set_nprobe", SameField),
        ("faiss_IndexIVFFlat_set_own_fields", "faiss_IndexIVF_set_own_fields", SameField),
        ("faiss_IndexIVFScalarQuantizer_nlist", "faiss_IndexIVF_nlist", SameField),
        ("faiss_IndexIVFScalarQuantizer_nprobe", "faiss_IndexIVF_nprobe", SameField),
        ("faiss_IndexIVFScalarQuantizer_own_fields", "faiss_IndexIVF_own_fields", SameField),
        ("faiss_IndexIVFScalarQuantizer_quantizer", "faiss_IndexIVF_quantizer", SameField),
        ("faiss_IndexIVFScalarQuantizer_set_nprobe", "faiss_IndexIVF_set_nprobe", SameField),
        ("faiss_IndexIVFScalarQuantizer_set_own_fields", "faiss_IndexIVF_set_own_fields", SameField),
        ("faiss_IndexBinaryIVF_set_own_fields", null, "the C API has no function that creates a binary IVF index of a quantizer"),
        ("faiss_IDSelectorBitmap_bitmap", null, HeldByTheSdk),
        ("faiss_IDSelectorBitmap_free", "faiss_IDSelector_free", "frees any selector"),
        ("faiss_IDSelectorBitmap_n", null, HeldByTheSdk),
        ("faiss_SearchParametersHNSW_bounded_queue", null, HeldByTheSdk),
        ("faiss_SearchParametersHNSW_cast", null, HeldByTheSdk),
        ("faiss_SearchParametersHNSW_check_relative_distance", null, HeldByTheSdk),
        ("faiss_SearchParametersHNSW_efSearch", null, HeldByTheSdk),
        ("faiss_SearchParametersHNSW_sel", null, HeldByTheSdk),
        ("faiss_SearchParametersHNSW_set_efSearch", null, HeldByTheSdk),
        ("faiss_SearchParametersIVF_cast", null, HeldByTheSdk),
        ("faiss_SearchParametersIVF_ensure_topk_full", null, HeldByTheSdk),
        ("faiss_SearchParametersIVF_max_codes", null, HeldByTheSdk),
        ("faiss_SearchParametersIVF_max_empty_result_buckets", null, HeldByTheSdk),
        ("faiss_SearchParametersIVF_max_lists_num", null, HeldByTheSdk),
        ("faiss_SearchParametersIVF_nprobe", null, HeldByTheSdk),
        ("faiss_SearchParametersIVF_sel", null, HeldByTheSdk),
        ("faiss_SearchParametersIVF_set_max_codes", null, HeldByTheSdk),
        ("faiss_SearchParametersIVF_set_nprobe", null, HeldByTheSdk),
        ("faiss_SearchParametersHNSW_new", "faiss_SearchParametersHNSW_new_with", FewerOptions),
        ("faiss_SearchParametersIVF_new", "faiss_SearchParametersIVF_new_with", FewerOptions),
        ("faiss_RangeQueryResult_pres", null, "returns the result that the SDK holds itself"),
        ("faiss_RangeSearchResult_new_with", "faiss_RangeSearchResult_new", "creates a result to be filled by the caller, whose vectors the SDK keeps in managed memory"),
        ("faiss_RangeSearchResult_do_allocation", null, "allocates the vectors of a result to be filled by the caller"),
        ("faiss_VectorTransform_apply", "faiss_VectorTransform_apply_noalloc", "returns an array that the C API cannot free"),
        ("faiss_write_index_fname", "faiss_write_index", NoLastBytes),
        ("faiss_write_index_binary_fname", "faiss_write_index_binary", NoLastBytes),
    ];

    private static readonly Dictionary<string, (Version First, Version Last)> History = ReadHistory();

    [Fact]
    public void A_type_that_calls_a_function_that_some_versions_lack_requires_it()
    {
        var (oldest, newest) = (History.Values.Min(versions => versions.First)!, History.Values.Max(versions => versions.Last)!);
        var unguarded = Sdk.Calls
            .Where(call => !IsOwn(call.Function))
            .Where(call => History[call.Function] is var versions && (versions.First > oldest || versions.Last < newest))
            .Where(call => !Sdk.StringsOf(call.Type).Any(text => History.TryGetValue(text, out var guard)
                && guard.First >= History[call.Function].First && guard.Last <= History[call.Function].Last));
        Assert.Empty(unguarded);
    }

    [Fact]
    public void A_type_that_calls_a_function_of_our_own_requires_it() =>
        Assert.All(Sdk.Calls.Where(call => IsOwn(call.Function)), call => Assert.Contains(call.Function, Sdk.StringsOf(call.Type)));

    [Fact]
    public void Every_function_is_called_or_left_out_for_a_reason()
    {
        var called = Sdk.Functions.Concat(new SdkCalls(typeof(FaissLibrary).Assembly.Location).Functions).ToHashSet();
        var leftOut = LeftOut.Select(entry => entry.Function).ToArray();
        Assert.Distinct(leftOut);
        Assert.Empty(History.Keys.Except(called).Except(leftOut).Order());
        Assert.Empty(leftOut.Intersect(called));
        Assert.Empty(leftOut.Except(History.Keys));
    }

    [Fact]
    public void The_function_to_use_instead_is_called() =>
        Assert.Empty(LeftOut.Where(entry => entry.Instead is not null).Select(entry => entry.Instead!).Except(Sdk.Functions));

    [Fact]
    public void The_loaded_library_has_what_every_version_has()
    {
        Native.Require();
        var (oldest, newest) = (History.Values.Min(versions => versions.First)!, History.Values.Max(versions => versions.Last)!);
        Assert.All(
            Sdk.Functions.Where(function => !IsOwn(function) && History[function].First == oldest && History[function].Last == newest).Except(["faiss_IndexReplicas_own_fields", "faiss_IndexReplicas_set_own_fields"]),
            function => Assert.True(FaissLibrary.Supports(function), function));
    }

    // Libraries that others have built lack the functions that FaissSdk adds to the C API.
    private static bool IsOwn(string function) => function.StartsWith("faiss_sdk_", StringComparison.Ordinal);

    private static Dictionary<string, (Version First, Version Last)> ReadHistory()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Checkout.PathTo("bindings/api-history.json")));
        return json.RootElement.GetProperty("functions").EnumerateObject().Where(function => !function.Value.GetProperty("header").GetString()!.StartsWith("gpu/", StringComparison.Ordinal)).ToDictionary(
            function => function.Name,
            function => (Version.Parse(function.Value.GetProperty("since").GetString()!),
                function.Value.TryGetProperty("removedIn", out var removedIn) ? Version.Parse(removedIn.GetString()!) : new Version(int.MaxValue, 0)));
    }
}
