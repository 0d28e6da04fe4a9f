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

    /// <summary>Draws points with probabilities that grow with their weights, in the order of the permutation that is drawn without weights.</summary>
    /// <remarks>
    /// Priority sampling (N. Duffield, C. Lund and M. Thorup, JACM 54(6), 2007): with a random u of (0, 1) for each point, here its place in the permutation, the points of the largest w/u are taken. With t
    /// for the largest w/u that is not taken, max(w, t) is an unbiased estimate of the weight that a point of the sample stands for. Equal weights give the sample of <see cref="SubsampleRows"/>.
    /// </remarks>
    /// <param name="weights">The weights of the points (n), at least 0.</param>
    /// <param name="taken">The number of points to draw, less than n.</param>
    /// <param name="seed">The seed of the permutation.</param>
    /// <returns>The numbers of the points, and t.</returns>
    public static (int[] Rows, double Threshold) WeightedRows(ReadOnlySpan<float> weights, int taken, uint seed)
    {
        var order = Permutation(weights.Length, weights.Length, seed);
        var keys = new double[order.Length];
        for (var place = 0; place < keys.Length; place++)
        {
            // The reciprocal of w/u: points without weight come last.
            keys[place] = (place + 0.5) / order.Length / weights[order[place]];
        }

        var sorted = (double[])keys.Clone();
        Array.Sort(sorted);
        var limit = sorted[taken];
        var ties = taken - Array.FindIndex(sorted, key => key == limit);
        var rows = new int[taken];
        var next = 0;
        for (var place = 0; place < keys.Length; place++)
        {
            if (keys[place] < limit || (keys[place] == limit && ties-- > 0))
            {
                rows[next++] = order[place];
            }
        }

        return (rows, 1 / limit);
    }

    /// <summary>Returns the points that a redo starts from (k × d), drawn as FAISS draws them.</summary>
    public static float[] InitialCentroids(ReadOnlySpan<float> points, int dimension, int clusters, int seed, int redo) =>
        Gather(points, dimension, Permutation(points.Length / dimension, clusters, SeedOfRedo(seed, redo)));

    /// <summary>Returns the points that a redo starts from (k × d), drawn by their weights (n) unless these are empty.</summary>
    public static float[] InitialCentroids(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int dimension, int clusters, int seed, int redo) => weights.IsEmpty
        ? InitialCentroids(points, dimension, clusters, seed, redo)
        : Gather(points, dimension, WeightedRows(weights, clusters, SeedOfRedo(seed, redo)).Rows);

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
