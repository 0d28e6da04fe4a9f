using System.Text.Json;

namespace FaissSdk.Tests.Interop;

public class SdkCallsTests
{
    private static readonly SdkCalls Sdk = new(typeof(KMeans).Assembly.Location);

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
        using var json = JsonDocument.Parse(File.ReadAllBytes(Checkout.File("bindings/api-history.json")));
        return json.RootElement.GetProperty("functions").EnumerateObject().ToDictionary(
            function => function.Name,
            function => (Version.Parse(function.Value.GetProperty("first").GetString()!), Version.Parse(function.Value.GetProperty("last").GetString()!)));
    }
}
