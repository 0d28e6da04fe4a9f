using System.Text.Json;

namespace FaissSdk.Interop;

/// <summary>Represents the versions of FAISS that have a function.</summary>
/// <param name="Since">The first version that has it.</param>
/// <param name="RemovedIn">The first version that no longer has it, or <see langword="null"/> if the newest version has it.</param>
/// <param name="IsGpu">Whether it is declared for GPUs, which few libraries support.</param>
internal sealed record ApiLifetime(Version Since, Version? RemovedIn, bool IsGpu)
{
    public static ApiLifetime Read(JsonElement entry) => new(
        Version.Parse(entry.GetProperty("since").GetString()!),
        entry.TryGetProperty("removedIn", out var removedIn) ? Version.Parse(removedIn.GetString()!) : null,
        entry.GetProperty("header").GetString()!.StartsWith("gpu/", StringComparison.Ordinal));

    public bool Contains(Version version) => version >= Since && (RemovedIn is null || version < RemovedIn);
}
