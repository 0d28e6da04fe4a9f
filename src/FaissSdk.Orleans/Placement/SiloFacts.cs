using System.Globalization;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaissSdk.Orleans;

/// <summary>Represents what a silo publishes for placement: its version of FAISS, and its memory.</summary>
/// <param name="FaissVersion">The version of FAISS, or <see cref="FaissLibraryInfo.NoVersion"/>.</param>
/// <param name="Memory">The memory for shards, in bytes.</param>
internal readonly record struct SiloFacts(string FaissVersion, long Memory)
{
    public const string VersionKey = "faiss.version";
    public const string MemoryKey = "faiss.memory";

    public static SiloFacts Local(FaissSiloOptions options) => new(options.Library.Version, options.MemoryBudget ?? AvailableMemory());

    public static SiloFacts Of(SiloMetadata? metadata) => new(
        metadata?.Metadata.GetValueOrDefault(VersionKey) ?? FaissLibraryInfo.NoVersion,
        long.TryParse(metadata?.Metadata.GetValueOrDefault(MemoryKey), CultureInfo.InvariantCulture, out var memory) ? memory : 1);

    public Dictionary<string, string> ToMetadata() => new() { [VersionKey] = FaissVersion, [MemoryKey] = Memory.ToString(CultureInfo.InvariantCulture) };

    // The memory that is free now, not the load of the garbage collector, which does not see native memory.
    private static long AvailableMemory()
    {
        if (File.Exists("/proc/meminfo"))
        {
            var line = File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
            if (line is not null && long.TryParse(line.AsSpan(13).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture, out var kilobytes))
            {
                return Math.Min(kilobytes * 1024, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
            }
        }

        return GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    }
}
