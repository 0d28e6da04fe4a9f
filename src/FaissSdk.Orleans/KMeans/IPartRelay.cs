namespace FaissSdk.Orleans;

/// <summary>Represents the silo that a client is connected to, which calls parts on its behalf; see <see cref="IShardRelay"/>.</summary>
[Alias("FaissSdk.IPartRelay")]
internal interface IPartRelay : IGrainWithIntegerKey
{
    [Alias("Append")]
    [ResponseTimeout("00:00:10")]
    Task Append(string part, int number, VectorBlock points);

    [Alias("Survey")]
    [ResponseTimeout("01:00:00")]
    Task<PointPartFiles> Survey(string part, int dimension);

    [Alias("Copy")]
    [ResponseTimeout("01:00:00")]
    Task<VectorBlock> Copy(string part, PointPartFiles files, int dimension, IdBlock rows);

    [Alias("Begin")]
    Task<PartState> Begin(string part, PointPartFiles files, int dimension, KMeansToken token);

    [Alias("SetWeights")]
    Task SetWeights(string part, KMeansToken token, int start, VectorBlock weights);

    [Alias("SetCentroids")]
    Task SetCentroids(string part, KMeansToken token, int clusters, int startCluster, VectorBlock centroids);

    [Alias("Assign")]
    Task<bool> Assign(string part, KMeansToken token, PartOptions options);

    /// <summary>Passes sums through parts, and returns them.</summary>
    [Alias("Sum")]
    [ResponseTimeout("12:00:00")]
    Task<byte[]> Sum(string[] parts, KMeansToken token, int startCluster, int endCluster, CancellationToken cancellationToken);
}
