using Orleans.Runtime.Placement;

namespace FaissSdk.Orleans;

/// <summary>Places a shard on the silo that <see cref="SiloChoice"/> chooses.</summary>
internal sealed class ShardPlacementDirector(SiloChoice choice) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        Task.FromResult(choice.Choose(ShardKey.Parse(target.GrainIdentity.Key.ToString()!), context.GetCompatibleSilos(target)));
}
