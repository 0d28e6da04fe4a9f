namespace FaissSdk.Orleans;

/// <summary>Represents a shard that did not answer.</summary>
/// <param name="Shard">The number of the shard, from 0.</param>
/// <param name="Reason">Why it did not answer: the message of its last exception.</param>
[GenerateSerializer]
[Immutable]
public sealed record MissingShard([property: Id(0)] int Shard, [property: Id(1)] string Reason);
