namespace FaissSdk.Orleans;

/// <summary>Represents one part of a set of points, and its share of a k-means; its key is a <see cref="ShardKey"/> with <c>points/name/part</c>.</summary>
[Alias("FaissSdk.IPointPart")]
internal interface IPointPart : IGrainWithStringKey
{
    /// <summary>Stores the block with a number; a repeated call stores nothing.</summary>
    [Alias("Append")]
    [ResponseTimeout("00:00:10")]
    Task Append(int number, VectorBlock points);

    /// <summary>Reads all blocks that were appended.</summary>
    [Alias("Survey")]
    [ResponseTimeout("01:00:00")]
    Task<PointPartFiles> Survey(int dimension);

    /// <summary>Copies some of the points.</summary>
    [Alias("Copy")]
    [ResponseTimeout("01:00:00")]
    Task<VectorBlock> Copy(PointPartFiles files, int dimension, IdBlock rows);

    /// <summary>Starts to load the points unless loading has begun, waits for its end for a short time, and returns what the part has of a step.</summary>
    [Alias("Begin")]
    Task<PartState> Begin(PointPartFiles files, int dimension, KMeansToken token);

    /// <summary>Stores some of the weights.</summary>
    [Alias("SetWeights")]
    Task SetWeights(KMeansToken token, int start, VectorBlock weights);

    /// <summary>Stores some of the centroids.</summary>
    [Alias("SetCentroids")]
    Task SetCentroids(KMeansToken token, int clusters, int startCluster, VectorBlock centroids);

    /// <summary>Starts to assign the points unless the assignment has begun, and waits for its end for a short time.</summary>
    /// <returns>Whether the points are assigned.</returns>
    [Alias("Assign")]
    Task<bool> Assign(KMeansToken token, PartOptions options);

    /// <summary>Adds the points to sums, and sends these to the next part; the last one keeps them until they are taken.</summary>
    [Alias("Add")]
    [ResponseTimeout("12:00:00")]
    Task Add(KMeansToken token, SumsMessage message, CancellationToken cancellationToken);

    /// <summary>Returns the sums that the last part keeps, and drops them.</summary>
    [Alias("TakeSums")]
    Task<byte[]> TakeSums(KMeansToken token, int startCluster);
}

/// <summary>Identifies a training and one of its steps.</summary>
[GenerateSerializer]
[Immutable]
internal readonly record struct KMeansToken([property: Id(0)] Guid Training, [property: Id(1)] int Step, [property: Id(2)] bool IsWeighted);

/// <summary>Represents what a part has of a step: it has nothing after an activation on another silo.</summary>
[GenerateSerializer]
[Immutable]
internal readonly record struct PartState([property: Id(0)] bool HasWeights, [property: Id(1)] bool IsAssigned, [property: Id(2)] bool IsLoaded);

/// <summary>Represents the options that a part uses.</summary>
[GenerateSerializer]
[Immutable]
internal sealed record PartOptions([property: Id(0)] bool Spherical, [property: Id(1)] KMeansSummation Summation, [property: Id(2)] bool Pruning, [property: Id(3)] int MaxDegreeOfParallelism)
{
    public static PartOptions Of(KMeansOptions options) => new(options.Spherical, options.Summation, options.Pruning, options.MaxDegreeOfParallelism);

    public KMeansOptions ToOptions() => new() { Spherical = Spherical, Summation = Summation, Pruning = Pruning, MaxDegreeOfParallelism = MaxDegreeOfParallelism };
}

/// <summary>Represents sums on their way through the parts.</summary>
/// <param name="StartCluster">The first cluster.</param>
/// <param name="EndCluster">The exclusive end of the clusters.</param>
/// <param name="Sums">The sums over the points of the parts before, or empty at the first part.</param>
/// <param name="Next">The keys of the parts that follow.</param>
[GenerateSerializer]
[Immutable]
internal sealed record SumsMessage([property: Id(0)] int StartCluster, [property: Id(1)] int EndCluster, [property: Id(2)] byte[] Sums, [property: Id(3)] string[] Next);
