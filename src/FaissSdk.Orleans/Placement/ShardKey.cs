using System.Globalization;

namespace FaissSdk.Orleans;

/// <summary>Represents the key of a grain that holds a shard; it contains all that placement needs.</summary>
/// <param name="FaissVersion">The version of FAISS that the silo must have.</param>
/// <param name="Replica">The number of the replica.</param>
/// <param name="Replicas">The number of replicas.</param>
/// <param name="File">The file of the store, or another name of what the grain holds.</param>
internal readonly record struct ShardKey(string FaissVersion, int Replica, int Replicas, string File)
{
    private const char Separator = '|';

    public static ShardKey Parse(string key)
    {
        var parts = key.Split(Separator, 4);
        return new ShardKey(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture), parts[3]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{FaissVersion}{Separator}{Replica}{Separator}{Replicas}{Separator}{File}");
}
