using System.Collections.Concurrent;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace FaissSdk.Orleans;

/// <summary>Chooses the silo of a shard: the first of its order that is alive and has the version of FAISS that the shard needs.</summary>
internal sealed class ShardPlacementDirector(IClusterMembershipService membership, ISiloMetadataCache metadata) : IPlacementDirector
{
    // Silos that are gone keep their place in the order, so that the other replicas stay where they are.
    private readonly ConcurrentDictionary<string, SiloFacts> _known = [];

    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = ShardKey.Parse(target.GrainIdentity.Key.ToString()!);
        var compatible = context.GetCompatibleSilos(target);
        var alive = compatible.GroupBy(NameOf).ToDictionary(group => group.Key, group => group.MaxBy(silo => silo.Generation)!);
        foreach (var (name, silo) in alive)
        {
            _known[name] = SiloFacts.Of(metadata.GetSiloMetadata(silo));
        }

        foreach (var silo in membership.CurrentSnapshot.Members.Keys)
        {
            _known.TryAdd(NameOf(silo), SiloFacts.Of(metadata.GetSiloMetadata(silo)));
        }

        (string Silo, string Name, double Weight)[] able = [.. _known.Where(silo => key.FaissVersion == ClusterParts.AnyVersion || silo.Value.FaissVersion == key.FaissVersion).Select(silo => (silo.Key, silo.Key, (double)silo.Value.Memory))];
        foreach (var name in RendezvousHash.Preferences(RendezvousHash.Order(key.File, able), key.Replica, key.Replicas))
        {
            if (alive.TryGetValue(name, out var silo))
            {
                return Task.FromResult(silo);
            }
        }

        var found = string.Join(", ", alive.Keys.Select(name => $"{name}: {_known[name].FaissVersion}"));
        throw new ShardVersionException($"No silo has FAISS {key.FaissVersion}, with which '{key.File}' was made ({found}). Install that version on the silos, or build the collection again with theirs.");
    }

    // A silo that restarts at its address is the same machine with the same files in its cache.
    private static string NameOf(SiloAddress silo) => silo.Endpoint.ToString();
}
