using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FaissSdk.Orleans;

/// <summary>Orders silos for the replicas of a shard, so that each silo gets shards in proportion to its weight, and a silo that joins or is lost moves hardly more shards than its own.</summary>
internal static class RendezvousHash
{
    /// <summary>Returns the silos in the order in which a replica prefers them: by −w / ln h with a hash h in (0, 1) of the silo, the shard and the replica.</summary>
    public static string[] Order(string shard, int replica, IReadOnlyCollection<(string Silo, double Weight)> silos) =>
        [.. silos.OrderByDescending(silo => -silo.Weight / Math.Log(Unit(string.Create(CultureInfo.InvariantCulture, $"{shard}\n{replica}\n{silo.Silo}")))).ThenBy(silo => silo.Silo, StringComparer.Ordinal).Select(silo => silo.Silo)];

    /// <summary>Returns the silo of each replica: the one that it prefers among those that no earlier replica has; if that silo is lost, one that holds no other replica.</summary>
    /// <remarks>While the orders contain lost silos, the replicas on the other silos stay where they are.</remarks>
    /// <param name="orders">The orders of the replicas, over the same silos.</param>
    /// <param name="isAlive">Returns whether a silo is alive; at least one is.</param>
    public static string[] Choose(IReadOnlyList<string[]> orders, Func<string, bool> isAlive)
    {
        var preferred = new List<string?>();
        foreach (var order in orders)
        {
            preferred.Add(order.FirstOrDefault(silo => !preferred.Contains(silo)));
        }

        var chosen = preferred.Select(silo => silo is not null && isAlive(silo) ? silo : null).ToArray();
        for (var replica = 0; replica < chosen.Length; replica++)
        {
            chosen[replica] ??= orders[replica].FirstOrDefault(silo => isAlive(silo) && !chosen.Contains(silo)) ?? orders[replica].First(isAlive);
        }

        return chosen!;
    }

    private static double Unit(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return ((BitConverter.ToUInt64(hash) >> 11) + 0.5) / (1UL << 53);
    }
}
