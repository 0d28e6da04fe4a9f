using System.Security.Cryptography;
using System.Text;

namespace FaissSdk.Orleans;

/// <summary>Orders silos for a shard, so that each silo gets shards in proportion to its weight, and a silo that comes or goes moves only its own.</summary>
internal static class RendezvousHash
{
    /// <summary>Returns the silos in the order in which a shard prefers them: by −w / ln h with a hash h in (0, 1) of the silo and the shard.</summary>
    public static T[] Order<T>(string shard, IReadOnlyCollection<(T Silo, string Name, double Weight)> silos) =>
        [.. silos.OrderByDescending(silo => -silo.Weight / Math.Log(Unit($"{shard}\n{silo.Name}"))).ThenBy(silo => silo.Name, StringComparer.Ordinal).Select(silo => silo.Silo)];

    /// <summary>Returns the order in which a replica prefers silos: every r-th of the shard's order from its own number on, then the others.</summary>
    /// <remarks>While the order holds silos that are gone, a replica that moves goes to a silo that no other replica prefers.</remarks>
    public static T[] Preferences<T>(IReadOnlyList<T> order, int replica, int replicas) =>
        [.. Enumerable.Range(0, order.Count).OrderBy(i => i % replicas == replica ? 0 : 1).ThenBy(i => i).Select(i => order[i])];

    private static double Unit(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return ((BitConverter.ToUInt64(hash) >> 11) + 0.5) / (1UL << 53);
    }
}
