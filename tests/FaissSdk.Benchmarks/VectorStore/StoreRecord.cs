namespace FaissSdk.Benchmarks;

/// <summary>The record of the measured store.</summary>
internal sealed class StoreRecord
{
    public int Id { get; set; }

    public int Number { get; set; }

    public ReadOnlyMemory<float> Vector { get; set; }
}
