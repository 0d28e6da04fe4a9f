namespace FaissSdk;

/// <summary>Specifies how a k-means is trained on vectors that are read from a <see cref="VectorSequence"/>.</summary>
public sealed record KMeansSourceOptions
{
    internal static readonly KMeansSourceOptions Default = new();

    /// <summary>
    /// Gets the maximum number of bytes that the training allocates, or <see langword="null"/>. About 40·k·d bytes for the centroids and their sums,
    /// and blocks of the source, are needed; what is left goes to bounds, which save time: up to 2·d + 4 bytes for each vector, by default a quarter
    /// of the machine's memory.
    /// </summary>
    /// <remarks>The result is the same bit for bit. A sample (<see cref="KMeansOptions.MaxPointsPerCentroid"/>) is in memory as a whole.</remarks>
    public long? MemoryLimit { get; init; }

    /// <summary>
    /// Gets the number of vectors after which the centroids move, or 0 to move them once all vectors are assigned, as Lloyd's algorithm does. With a batch size the training is mini-batch k-means (D. Sculley, WWW 2010): each vector moves
    /// its centroid c by (x − c)/v, where v is the number of vectors that c has received in the whole training, so that c is their mean.
    /// </summary>
    /// <remarks>The batches are consecutive vectors of the source, so these should be in random order. An iteration is a pass through the source; its objective uses the centroids of each batch. Clusters that receive no vector keep their centroid.</remarks>
    public int BatchSize { get; init; }

    /// <summary>Gets the path of a file that is replaced after each iteration, and from which a training of the same vectors and options continues to the same result, bit for bit, or <see langword="null"/>. It is left in place at the end.</summary>
    public string? CheckpointPath { get; init; }
}
