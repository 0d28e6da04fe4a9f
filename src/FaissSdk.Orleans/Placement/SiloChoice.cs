using System.Collections.Concurrent;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FaissSdk.Orleans;

/// <summary>Chooses the silo of a shard: by its rendezvous order, among those that are alive and have the version of FAISS that the shard needs.</summary>
internal sealed class SiloChoice(IClusterMembershipService membership, ISiloMetadataCache metadata)
{
    // Silos that are gone keep their place in the order, so that the other replicas stay where they are.
    private readonly ConcurrentDictionary<string, SiloFacts> _known = [];

    /// <summary>Returns one of the given silos, or one of all silos that are alive.</summary>
    /// <returns>The silo. If none has the version of FAISS, it is one without, on which the shard reports that.</returns>
    public SiloAddress Choose(ShardKey key, IEnumerable<SiloAddress>? silos = null)
    {
        var members = membership.CurrentSnapshot.Members;
        silos ??= members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress);
        var alive = silos.GroupBy(NameOf).ToDictionary(group => group.Key, group => group.MaxBy(silo => silo.Generation)!);
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

    private static bool IsAble(ShardKey key, SiloFacts facts) => key.FaissVersion == ClusterParts.AnyVersion || facts.FaissVersion == key.FaissVersion;

    // A silo that restarts at its address is the same machine with the same files in its cache.
    private static string NameOf(SiloAddress silo) => silo.Endpoint.ToString();
}
