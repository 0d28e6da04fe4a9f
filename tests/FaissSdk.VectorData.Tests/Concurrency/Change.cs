namespace FaissSdk.VectorData.Tests;

/// <summary>A change that the writer makes as one: records upserted, or keys deleted.</summary>
internal sealed record Change(IReadOnlyList<Item> Upserted, IReadOnlyList<string> Deleted);
