namespace FaissSdk;

/// <summary>FAISS's random choices of points (<c>utils/random.cpp</c>, <c>rand_perm</c>).</summary>
internal static class RandomSample
{
    private const long RedoStride = 15486557;
    private const int FewOf = 16;

    /// <summary>The first <paramref name="taken"/> entries of the random permutation of 0 … <paramref name="count"/> − 1.</summary>
    /// <remarks>Of a permutation of which little is taken only the entries that have moved are kept.</remarks>
    public static int[] Permutation(int count, int taken, uint seed)
    {
        var random = new MersenneTwister(seed);
        var permutation = new int[taken];
        var moved = new Dictionary<int, int>();
        var all = taken > count / FewOf ? Enumerable.Range(0, count).ToArray() : [];
        for (var i = 0; i < taken; i++)
        {
            var other = i + 1 < count ? i + random.NextInt32(count - i) : i;
            if (all.Length > 0)
            {
                (all[i], all[other]) = (all[other], all[i]);
                permutation[i] = all[i];
                continue;
            }

            permutation[i] = moved.GetValueOrDefault(other, other);
            moved[other] = moved.GetValueOrDefault(i, i);
        }

        return permutation;
    }

    /// <summary>The subsample (m × d) that FAISS trains on when there are more points than it uses.</summary>
    public static float[] Subsample(ReadOnlySpan<float> points, int dimension, int taken, int seed) =>
        Gather(points, dimension, SubsampleRows(points.Length / dimension, taken, seed));

    /// <summary>The numbers (m) of the points of the subsample.</summary>
    public static int[] SubsampleRows(int count, int taken, int seed) => Permutation(count, taken, (uint)seed);

    /// <summary>The points (k × d) that a redo starts from.</summary>
    public static float[] InitialCentroids(ReadOnlySpan<float> points, int dimension, int clusters, int seed, int redo) =>
        Gather(points, dimension, Permutation(points.Length / dimension, clusters, SeedOfRedo(seed, redo)));

    /// <summary>The seed of what a redo draws.</summary>
    public static uint SeedOfRedo(int seed, int redo) => (uint)(seed + 1 + (redo * RedoStride));

    /// <summary>Some rows of n × d.</summary>
    public static float[] Gather(ReadOnlySpan<float> points, int dimension, int[] rows)
    {
        var gathered = new float[(long)rows.Length * dimension];
        for (var i = 0; i < rows.Length; i++)
        {
            points.Slice(rows[i] * dimension, dimension).CopyTo(gathered.AsSpan(i * dimension));
        }

        return gathered;
    }
}
