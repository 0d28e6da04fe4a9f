using Microsoft.Extensions.VectorData;

namespace FaissSdk.VectorData.Sample;

/// <summary>Represents a type or member of .NET as the store keeps it.</summary>
internal sealed class Member
{
    public const string Collection = "members";

    /// <summary>Gets or sets the documentation id, for example <c>M:System.IO.File.ReadAllBytes(System.String)</c>.</summary>
    [VectorStoreKey]
    public string Id { get; set; } = "";

    [VectorStoreData]
    public string Name { get; set; } = "";

    [VectorStoreData(IsIndexed = true)]
    public string Namespace { get; set; } = "";

    /// <summary>Gets or sets the namespace and those that contain it, so that a filter for System.IO finds System.IO.Compression, too.</summary>
    [VectorStoreData(IsIndexed = true)]
    public string[] Namespaces { get; set; } = [];

    /// <summary>Gets or sets the kind: type, constructor, method, property, field or event.</summary>
    [VectorStoreData(IsIndexed = true)]
    public string Kind { get; set; } = "";

    [VectorStoreData]
    public string Summary { get; set; } = "";

    /// <summary>Gets or sets the words of the name and the summary, for the search by keywords.</summary>
    [VectorStoreData(IsFullTextIndexed = true)]
    public string Text { get; set; } = "";

    /// <summary>Gets or sets the text from which the store's generator makes the vector.</summary>
    [VectorStoreVector(HashingEmbeddingGenerator.Dimension, DistanceFunction = DistanceFunction.CosineSimilarity, IndexKind = IndexKind.Hnsw)]
    public string Embedded { get; set; } = "";
}
