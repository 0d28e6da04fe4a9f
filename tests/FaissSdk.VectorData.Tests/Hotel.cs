namespace FaissSdk.VectorData.Tests;

/// <summary>A record with data of several types.</summary>
public sealed class Hotel
{
    [VectorStoreKey]
    public int Id { get; set; }

    [VectorStoreData(IsIndexed = true)]
    public string? City { get; set; }

    [VectorStoreData(IsFullTextIndexed = true)]
    public string? Description { get; set; }

    [VectorStoreData]
    public double Price { get; set; }

    [VectorStoreData]
    public int? Stars { get; set; }

    [VectorStoreData]
    public bool IsOpen { get; set; }

    [VectorStoreData]
    public string[]? Tags { get; set; }

    [VectorStoreVector(4, DistanceFunction = DistanceFunction.EuclideanSquaredDistance)]
    public ReadOnlyMemory<float> Vector { get; set; }

    public static Hotel Create(int id, params float[] vector) => new() { Id = id, City = $"city {id % 3}", Price = id, Vector = vector };
}
