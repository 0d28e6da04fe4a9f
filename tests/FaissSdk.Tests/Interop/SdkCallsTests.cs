using System.Text.Json;

namespace FaissSdk.Tests.Interop;

public class SdkCallsTests
{
    private static readonly SdkCalls Sdk = new(typeof(KMeans).Assembly.Location);

    /// <summary>What the SDK does not call, by the reason why not.</summary>
    private static readonly (string Function, string Reason)[] LeftOut =
    [
        ("faiss_DistanceComputer_free", "no function of the C API gives a distance computer"),
        ("faiss_DistanceComputer_set_query", "no function of the C API gives a distance computer"),
        ("faiss_DistanceComputer_symmetric_dis", "no function of the C API gives a distance computer"),
        ("faiss_DistanceComputer_vector_to_query_dis", "no function of the C API gives a distance computer"),
        ("faiss_IOReader_free", "no library has it; a custom reader has its own"),
        ("faiss_IOWriter_free", "no library has it; a custom writer has its own"),
        ("faiss_IndexIVFScalarQuantizer_new", "no library has it"),
        ("faiss_IndexIVFScalarQuantizer_new_with", "no library has it"),
        ("faiss_IndexIVFStats_init", "an inline function of the header: what faiss_IndexIVFStats_reset does"),
        ("faiss_IndexFlat_new", "makes an index of dimension 0, for good"),
        ("faiss_IndexFlatIP_new", "makes an index of dimension 0, for good"),
        ("faiss_IndexFlatL2_new", "makes an index of dimension 0, for good"),
        ("faiss_IndexScalarQuantizer_new", "makes an index of dimension 0, for good"),
        ("faiss_IndexIVFFlat_new", "makes an index without a quantizer, which crashes in most calls"),
        ("faiss_IndexPreTransform_new", "makes an index around none, which crashes in most calls"),
        ("faiss_IndexIVF_set_own_fields", "indexes that the SDK makes of a quantizer have their own"),
        ("faiss_IndexBinaryIVF_set_own_fields", "the C API makes none of a quantizer"),
        ("faiss_VectorTransform_apply", "gives an array that the C API does not free; faiss_VectorTransform_apply_noalloc does the same"),
        ("faiss_write_index_fname", "does not tell when the last bytes did not reach the disk; faiss_write_index does"),
        ("faiss_write_index_binary_fname", "does not tell when the last bytes did not reach the disk; faiss_write_index_binary does"),
    ];

    private static readonly Dictionary<string, (Version First, Version Last)> History = ReadHistory();

    [Fact]
    public void What_not_every_version_has_is_asked_for_in_the_type_that_calls_it()
    {
        var (oldest, newest) = (History.Values.Min(versions => versions.First)!, History.Values.Max(versions => versions.Last)!);
        var unguarded = Sdk.Calls
            .Where(call => History[call.Function] is var versions && (versions.First > oldest || versions.Last < newest))
            .Where(call => !Sdk.StringsOf(call.Type).Any(text => History.TryGetValue(text, out var guard)
                && guard.First >= History[call.Function].First && guard.Last <= History[call.Function].Last));
        Assert.Empty(unguarded);
    }

    [Fact]
    public void Every_function_is_called_or_left_out_for_a_reason()
    {
        var called = Sdk.Functions.Concat(new SdkCalls(typeof(FaissLibrary).Assembly.Location).Functions).ToHashSet();
        var leftOut = LeftOut.Select(entry => entry.Function).ToArray();
        Assert.InRange(leftOut.Length, 0, 20);
        Assert.Equal(leftOut.Length, leftOut.Distinct().Count());
        Assert.Empty(History.Keys.Except(called).Except(leftOut).Order());
        Assert.Empty(leftOut.Intersect(called));
        Assert.Empty(leftOut.Except(History.Keys));
    }

    [Fact]
    public void The_loaded_library_has_what_every_version_has()
    {
        Native.Require();
        var (oldest, newest) = (History.Values.Min(versions => versions.First)!, History.Values.Max(versions => versions.Last)!);
        Assert.All(
            Sdk.Functions.Where(function => History[function].First == oldest && History[function].Last == newest).Except(["faiss_IndexReplicas_own_fields", "faiss_IndexReplicas_set_own_fields"]),
            function => Assert.True(FaissLibrary.Supports(function), function));
    }

    private static Dictionary<string, (Version First, Version Last)> ReadHistory()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Checkout.PathTo("bindings/api-history.json")));
        return json.RootElement.GetProperty("functions").EnumerateObject().Where(function => !function.Value.GetProperty("header").GetString()!.StartsWith("gpu/", StringComparison.Ordinal)).ToDictionary(
            function => function.Name,
            function => (Version.Parse(function.Value.GetProperty("since").GetString()!),
                function.Value.TryGetProperty("removedIn", out var removedIn) ? Version.Parse(removedIn.GetString()!) : new Version(int.MaxValue, 0)));
    }
}
