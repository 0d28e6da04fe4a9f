using Orleans.Placement;

namespace FaissSdk.Orleans;

/// <summary>Places a shard by a rendezvous hash over the silos that can hold it.</summary>
[GenerateSerializer]
[Immutable]
[SuppressReferenceTracking]
internal sealed class ShardPlacement : PlacementStrategy
{
    public static ShardPlacement Instance { get; } = new();
}

/// <summary>Marks a grain that holds a shard.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShardPlacementAttribute() : PlacementAttribute(ShardPlacement.Instance);
