using System.Collections.Frozen;
using System.Text.Json;

namespace FaissSdk.Interop;

/// <summary>Provides the FAISS versions that have each function of the C API, from the embedded api-history.json.</summary>
internal static class ApiVersions
{
    private static readonly Lazy<(IReadOnlyList<string> Versions, FrozenDictionary<string, ApiLifetime> Functions, FrozenDictionary<string, Version> Needs)> History = new(Read);

    /// <summary>Gets the lifetimes of the functions by C name.</summary>
    public static IReadOnlyDictionary<string, ApiLifetime> Functions => History.Value.Functions;

    /// <summary>Returns the oldest FAISS version that has a function of FaissSdk's own, or <see langword="null"/> if all versions do.</summary>
    /// <param name="function">The C name.</param>
    public static Version? NeedOf(string function) => History.Value.Needs.GetValueOrDefault(function);

    /// <summary>Explains why a library of some version lacks a function, by a clause such as <c>needs FAISS 1.14.0 or later</c>.</summary>
    /// <param name="function">The C name.</param>
    /// <param name="loaded">The version of the library, which may be a range that names no single version.</param>
    public static string WhyMissing(string function, string loaded)
    {
        if (!Functions.TryGetValue(function, out var lifetime))
        {
            return function.StartsWith("faiss_sdk_", StringComparison.Ordinal) ? "needs a library of a FaissSdk package or of scripts/build-native.sh" : "is not a function of the FAISS C API";
        }

        if (Version.TryParse(loaded, out var version) && lifetime.Contains(version))
        {
            return "is declared by this version of FAISS, but missing in this library";
        }

        return lifetime.RemovedIn is null ? $"needs FAISS {lifetime.Since} or later" : $"exists only in FAISS {lifetime.Since} to {VersionBefore(lifetime.RemovedIn)}";
    }

    /// <summary>Returns a sentence, after a space, about how to get a library that has a function; an empty string where a newer version is not what helps.</summary>
    /// <param name="function">The C name.</param>
    /// <param name="loaded">The version of the library, which may be a range that names no single version.</param>
    public static string HowToGet(string function, string loaded)
        => Functions.TryGetValue(function, out var lifetime) && lifetime is { RemovedIn: null, IsGpu: false } && !(Version.TryParse(loaded, out var version) && lifetime.Contains(version))
            ? HowToGetNewest()
            : "";

    /// <summary>Returns a sentence, after a space, about how to get the newest version.</summary>
    public static string HowToGetNewest()
        => $" To get FAISS {History.Value.Versions[0]}, run scripts/build-native.sh --version {History.Value.Versions[0]} in FaissSdk's repository, or scripts/pack.sh with the same option for packages.";

    private static string VersionBefore(Version version) => History.Value.Versions.First(candidate => Version.Parse(candidate) < version);

    private static (IReadOnlyList<string> Versions, FrozenDictionary<string, ApiLifetime> Functions, FrozenDictionary<string, Version> Needs) Read()
    {
        using var stream = typeof(ApiVersions).Assembly.GetManifestResourceStream("api-history.json")!;
        using var json = JsonDocument.Parse(stream);
        var root = json.RootElement;
        return (
            [.. root.GetProperty("versions").EnumerateArray().Select(version => version.GetString()!)],
            root.GetProperty("functions").EnumerateObject().ToFrozenDictionary(function => function.Name, function => ApiLifetime.Read(function.Value)),
            root.GetProperty("extensions").EnumerateObject()
                .Where(function => function.Value.TryGetProperty("needsFaiss", out _))
                .ToFrozenDictionary(function => function.Name, function => Version.Parse(function.Value.GetProperty("needsFaiss").GetString()!)));
    }
}
