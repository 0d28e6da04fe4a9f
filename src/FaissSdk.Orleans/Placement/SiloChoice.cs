using System.Collections.Concurrent;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaissSdk.Orleans;

/// <summary>Chooses the silo of a shard: by its rendezvous order, among those that are alive and have the version of FAISS that the shard needs.</summary>
internal sealed class SiloChoice(IClusterMembershipService membership, ISiloMetadataCache metadata, IClusterManifestProvider manifests)
{
    private const int Looks = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Lost silos keep their place in the order, so that the other replicas stay where they are.
    private readonly ConcurrentDictionary<string, SiloFacts> _known = [];

    // Silos that hold no shards publish nothing.
    private readonly ConcurrentDictionary<SiloAddress, byte> _silent = [];

    /// <summary>Returns one of the given silos, or one of all silos that are alive.</summary>
    /// <returns>The silo. If none has the version of FAISS, it is one with another version or none, on which the shard reports that.</returns>
    public SiloAddress Choose(ShardKey key, IEnumerable<SiloAddress>? silos = null)
    {
        var members = membership.CurrentSnapshot.Members;
        var alive = (silos ?? Alive()).GroupBy(NameOf).ToDictionary(group => group.Key, group => group.MaxBy(silo => silo.Generation)!);
        foreach (var (name, silo) in alive)
        {
            _known[name] = SiloFacts.Of(metadata.GetSiloMetadata(silo));
        }

        foreach (var silo in members.Keys)
        {
            _known.TryAdd(NameOf(silo), SiloFacts.Of(metadata.GetSiloMetadata(silo)));
        }

        var isAnyAble = alive.Keys.Any(name => IsAble(key, _known[name]));
        (string Silo, double Weight)[] able = [.. _known.Where(silo => !isAnyAble || IsAble(key, silo.Value)).Select(silo => (silo.Key, (double)silo.Value.Memory))];
        string[][] orders = [.. Enumerable.Range(0, key.Replicas).Select(replica => RendezvousHash.Order(key.File, replica, able))];
        return alive[RendezvousHash.Choose(orders, alive.ContainsKey)[key.Replica]];
    }

    /// <summary>Reads which silos are alive, and waits for a short time until each has published what it can hold.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await membership.Refresh(default, cancellationToken);
        var unknown = Alive().Where(silo => !_silent.ContainsKey(silo) && !IsKnown(silo)).ToArray();
        for (var i = 0; i < Looks && !Array.TrueForAll(unknown, IsKnown); i++)
        {
            await Task.Delay(Pause, cancellationToken);
        }

        foreach (var silo in unknown.Where(silo => !IsKnown(silo)))
        {
            _silent[silo] = 0;
        }
    }

    private IEnumerable<SiloAddress> Alive() => membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress);

    // Both are fetched from the silo after it has joined.
    private bool IsKnown(SiloAddress silo) => manifests.Current.Silos.ContainsKey(silo) && metadata.GetSiloMetadata(silo)?.Metadata.ContainsKey(SiloFacts.VersionKey) == true;

    private static bool IsAble(ShardKey key, SiloFacts facts) => key.FaissVersion == ClusterParts.AnyVersion || facts.FaissVersion == key.FaissVersion;

    // A silo that restarts at its address is the same machine with the same files in its cache.
    private static string NameOf(SiloAddress silo) => silo.Endpoint.ToString();
}
