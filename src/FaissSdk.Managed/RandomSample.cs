namespace FaissSdk;

/// <summary>FAISS's random choices of points (<c>utils/random.cpp</c>, <c>rand_perm</c>).</summary>
internal static class RandomSample
{
    private const long RedoStride = 15486557;

    /// <summary>The first <paramref name="taken"/> entries of the random permutation of 0 … <paramref name="count"/> − 1.</summary>
    public static int[] Permutation(int count, int taken, uint seed)
    {
        var permutation = new int[count];
        for (var i = 0; i < count; i++)
        {
            permutation[i] = i;
        }

        var random = new MersenneTwister(seed);
        for (var i = 0; i < taken && i + 1 < count; i++)
        {
            var other = i + random.NextInt32(count - i);
            (permutation[i], permutation[other]) = (permutation[other], permutation[i]);
        }

        Array.Resize(ref permutation, taken);
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
