namespace FaissSdk;

/// <summary>Draws points as FAISS does (<c>utils/random.cpp</c>, <c>rand_perm</c>).</summary>
internal static class RandomSample
{
    private const long RedoStride = 15486557;

    // If less than a 16th of a permutation is taken, a dictionary of moved entries is cheaper than the whole permutation.
    private const int SparseDivisor = 16;

    /// <summary>Returns the first <paramref name="taken"/> entries of the random permutation of 0 … <paramref name="count"/> − 1.</summary>
    /// <remarks>If only a small part is taken, only the entries that have moved are stored.</remarks>
    public static int[] Permutation(int count, int taken, uint seed)
    {
        var random = new MersenneTwister(seed);
        var permutation = new int[taken];
        var moved = new Dictionary<int, int>();
        var all = taken > count / SparseDivisor ? Enumerable.Range(0, count).ToArray() : [];
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

    /// <summary>Returns the subsample (m × d) that FAISS trains on if there are more points than it uses.</summary>
    public static float[] Subsample(ReadOnlySpan<float> points, int dimension, int taken, int seed) =>
        Gather(points, dimension, SubsampleRows(points.Length / dimension, taken, seed));

    /// <summary>Returns the numbers of the points in the subsample (m).</summary>
    public static int[] SubsampleRows(int count, int taken, int seed) => Permutation(count, taken, (uint)seed);

    /// <summary>Returns the points that a redo starts from (k × d).</summary>
    public static float[] InitialCentroids(ReadOnlySpan<float> points, int dimension, int clusters, int seed, int redo) =>
        Gather(points, dimension, Permutation(points.Length / dimension, clusters, SeedOfRedo(seed, redo)));

    /// <summary>Returns the seed of a redo.</summary>
    public static uint SeedOfRedo(int seed, int redo) => (uint)(seed + 1 + (redo * RedoStride));

    /// <summary>Copies the given rows of an n × d matrix.</summary>
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
