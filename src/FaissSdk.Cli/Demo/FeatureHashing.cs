using System.Text;

namespace FaissSdk.Cli;

/// <summary>Signed feature hashing: a word adds its weight, with signs, to a few of d components.</summary>
/// <remarks>
/// K. Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009. Several components for a word keep
/// two words that meet in one of them apart. The hash is FNV-1a, the same in every run.
/// </remarks>
internal static class FeatureHashing
{
    /// <summary>The number of components a word adds to; as many as a hash has groups of 16 bits.</summary>
    public const int Components = 4;

    private static readonly float Scale = 1 / MathF.Sqrt(Components);

    public static void Add(ulong hash, float weight, Span<float> vector)
    {
        for (var i = 0; i < Components; i++, hash >>= 16)
        {
            var component = (int)(hash & 0x7FFF) % vector.Length;
            vector[component] += (hash & 0x8000) == 0 ? weight * Scale : -weight * Scale;
        }
    }

    /// <summary>FNV-1a of the UTF-8 octets, with the last step of SplitMix64, without which the last octets reach few bits.</summary>
    public static ulong Hash(string word)
    {
        var hash = 14695981039346656037UL;
        foreach (var octet in Encoding.UTF8.GetBytes(word))
        {
            hash = (hash ^ octet) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9UL;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBUL;
        return hash ^ (hash >> 31);
    }
}
