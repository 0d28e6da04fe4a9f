using System.Collections.Frozen;
using System.Text.Json;

namespace FaissSdk.Interop;

/// <summary>Which FAISS versions have a function, from api-history.json.</summary>
internal static class ApiVersions
{
    private static readonly Lazy<(string Newest, FrozenDictionary<string, (string First, string Last)> Functions)> History = new(Read);

    /// <summary>Why a library of some version lacks a function: a clause such as <c>needs FAISS 1.14.0 or later</c>.</summary>
    public static string WhyMissing(string function, string loaded)
    {
        var (newest, functions) = History.Value;
        if (!functions.TryGetValue(function, out var versions))
        {
            return "is no function of the FAISS C API";
        }

        if (Version.TryParse(loaded, out var version) && version >= Version.Parse(versions.First) && version <= Version.Parse(versions.Last))
        {
            return "is declared by this version of FAISS, but not in this library";
        }

        return versions.Last == newest ? $"needs FAISS {versions.First} or later" : $"is only in FAISS {versions.First} to {versions.Last}";
    }

    private static (string Newest, FrozenDictionary<string, (string First, string Last)> Functions) Read()
    {
        using var stream = typeof(ApiVersions).Assembly.GetManifestResourceStream("api-history.json")!;
        using var json = JsonDocument.Parse(stream);
        var newest = json.RootElement.GetProperty("versions").EnumerateArray().Last().GetString()!;
        return (newest, json.RootElement.GetProperty("functions").EnumerateObject().ToFrozenDictionary(
            function => function.Name,
            function => (function.Value.GetProperty("first").GetString()!, function.Value.GetProperty("last").GetString()!)));
    }
}
