using Orleans.Runtime.Placement;

namespace FaissSdk.Orleans;

/// <summary>Places a shard on the silo that <see cref="SiloChoice"/> chooses: the silo that moves a shard passes its choice as a hint.</summary>
internal sealed class ShardPlacementDirector(SiloChoice choice) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var compatible = context.GetCompatibleSilos(target);
        return Task.FromResult(IPlacementDirector.GetPlacementHint(target.RequestContextData, compatible) ?? choice.Choose(ShardKey.Parse(target.GrainIdentity.Key.ToString()!), compatible));
    }
}
