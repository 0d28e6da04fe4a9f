using System.Text;

namespace FaissSdk.Cli;

/// <summary>Implements signed feature hashing: a word adds its weight, with signs, to a few of d components.</summary>
/// <remarks>
/// K. Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009. Several components per word keep two
/// words distinguishable that share one of them. The hash is FNV-1a, which is the same in every run.
/// </remarks>
internal static class FeatureHashing
{
    /// <summary>The number of components that a word adds to: one for each group of 16 bits of a hash.</summary>
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

    /// <summary>Computes FNV-1a of the UTF-8 octets, followed by the last step of SplitMix64, because the last octets affect few bits of FNV-1a.</summary>
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
