using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Chooses initial centroids by k-means++ (D. Arthur and S. Vassilvitskii, SODA 2007): each point is drawn with a probability proportional to its weight times its squared distance to the nearest point drawn before.</summary>
/// <remarks>A point x whose distance to its center c is less than half the distance from c to a new center cannot be nearer to the new one and is skipped (triangle inequality; E. Raff, IJCAI 2021).</remarks>
internal static unsafe class KMeansPlusPlus
{
    private const int BlockRows = 4096;

    /// <summary>Draws the initial centroids (k × d).</summary>
    public static float[] Choose(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int dimension, int clusters, uint seed, int threads, CancellationToken cancellationToken)
    {
        var count = points.Length / dimension;
        var random = new MersenneTwister(seed);
        var chosen = new float[clusters * dimension];
        var distances = new float[count];
        distances.AsSpan().Fill(float.PositiveInfinity);
        var nearest = new int[count];
        var blocks = Blocking.BlocksOf(count, BlockRows);
        var sums = new double[blocks];
        var toChosen = new float[clusters];
        var first = weights.IsEmpty ? (int)(NextDouble(random) * count) : DrawWeight(weights, random);
        fixed (float* pinnedPoints = points, pinnedWeights = weights, pinnedDistances = distances, pinnedChosen = chosen, pinnedTo = toChosen)
        fixed (int* pinnedNearest = nearest)
        {
            var work = new Work { Points = pinnedPoints, Weights = pinnedWeights, Distances = pinnedDistances, Nearest = pinnedNearest, ToChosen = pinnedTo, Count = count, Dimension = dimension };
            points.Slice(first * dimension, dimension).CopyTo(chosen);
            for (var cluster = 1; cluster < clusters; cluster++)
            {
                var newest = cluster - 1;
                var center = (nint)(pinnedChosen + ((long)newest * dimension));
                for (var other = 0; other < newest; other++)
                {
                    toChosen[other] = LaneSums.SquaredDistance((float*)center, pinnedChosen + ((long)other * dimension), dimension);
                }

                ParallelBlocks.For(blocks, threads, block => sums[block] = Update(work, (float*)center, newest, block * BlockRows, Blocking.Next(block * BlockRows, BlockRows, count)), cancellationToken);
                points.Slice(Draw(work, sums, random) * dimension, dimension).CopyTo(chosen.AsSpan(cluster * dimension));
            }
        }

        return chosen;
    }

    // Optimized on first call, as the work may be done before tiered compilation replaces the code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Update(Work work, float* center, int newest, int start, int end)
    {
        var sum = 0.0;
        for (var i = start; i < end; i++)
        {
            // 0.2499 instead of 1/4 leaves a margin for the rounding of both squared distances.
            if (newest == 0 || work.ToChosen[work.Nearest[i]] * 0.2499f < work.Distances[i])
            {
                var distance = LaneSums.SquaredDistance(work.Points + ((long)i * work.Dimension), center, work.Dimension);
                if (distance < work.Distances[i])
                {
                    work.Distances[i] = distance;
                    work.Nearest[i] = newest;
                }
            }

            sum += work.Share(i);
        }

        return sum;
    }

    private static int Draw(Work work, double[] sums, MersenneTwister random)
    {
        var total = 0.0;
        foreach (var sum in sums)
        {
            total += sum;
        }

        var remainder = NextDouble(random) * total;
        if (total == 0)
        {
            // Every point of positive weight is a center already.
            return work.Weights == null ? (int)(NextDouble(random) * work.Count) : DrawWeight(new ReadOnlySpan<float>(work.Weights, work.Count), random);
        }

        var block = 0;
        while (block < sums.Length - 1 && remainder >= sums[block])
        {
            remainder -= sums[block++];
        }

        // If rounding leaves a remainder after the last point of the block, take the last point with a positive share, if necessary of another block.
        var last = -1;
        var end = Blocking.Next(block * BlockRows, BlockRows, work.Count);
        for (var i = block * BlockRows; i < end; i++)
        {
            var share = work.Share(i);
            if (share > 0)
            {
                last = i;
                if (remainder < share)
                {
                    break;
                }
            }

            remainder -= share;
        }

        return last >= 0 ? last : LastWithShare(work);
    }

    private static int LastWithShare(Work work)
    {
        var i = work.Count - 1;
        while (i > 0 && work.Share(i) == 0)
        {
            i--;
        }

        return i;
    }

    private static int DrawWeight(ReadOnlySpan<float> weights, MersenneTwister random)
    {
        var total = 0.0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        var remainder = NextDouble(random) * total;
        var last = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
            {
                last = i;
                if (remainder < weights[i])
                {
                    break;
                }
            }

            remainder -= weights[i];
        }

        return last;
    }

    /// <summary>Returns a number from 0 to 1 − 2⁻⁵³ that has 53 random bits.</summary>
    private static double NextDouble(MersenneTwister random) => ((((ulong)random.NextUInt32() << 32) | random.NextUInt32()) >> 11) * (1.0 / (1L << 53));

    private struct Work
    {
        public float* Points;
        public float* Weights;
        public float* Distances;
        public float* ToChosen;
        public int* Nearest;
        public int Count;
        public int Dimension;

        public readonly double Share(int i) => Weights == null ? Distances[i] : (double)Weights[i] * Distances[i];
    }
}
