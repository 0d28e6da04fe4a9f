using System.Runtime.Intrinsics.X86;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Integer scores leave few centroids to a point, and never the wrong ones.</summary>
public unsafe class QuantizedSearchTests
{
    public static TheoryData<int, int, int> Shapes()
    {
        var shapes = new TheoryData<int, int, int>();
        foreach (var count in new[] { 1, 5, 6, 7, 47, 48, 49, 200 })
        {
            foreach (var clusters in new[] { 1, 2, 15, 16, 17, 33, 300 })
            {
                foreach (var dimension in new[] { 1, 2, 3, 15, 16, 17, 31, 128, 1001 })
                {
                    shapes.Add(count, dimension, clusters);
                }
            }
        }

        return shapes;
    }

    public static TheoryData<string> Kinds() => ["uniform", "opposite", "along one line", "one far away", "near ties", "copies", "beside the mean", "infinite length"];

    [Theory]
    [MemberData(nameof(Shapes), DisableDiscoveryEnumeration = true)]
    public void Labels_and_distances_are_those_of_a_full_search(int count, int dimension, int clusters) =>
        AssertSameAsFull(TestData.Uniform(count, dimension, 3), TestData.Uniform(clusters, dimension, 4), dimension);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Labels_and_distances_are_those_of_a_full_search_for_awkward_data(string kind)
    {
        foreach (var dimension in new[] { 1, 2, 7, 40, 515 })
        {
            var (points, centroids) = Awkward(kind, dimension);
            AssertSameAsFull(points, centroids, dimension);
            var verdict = QuantizationLaw.Check(points, centroids, dimension, spherical: false);
            Assert.True(verdict.Holds, verdict.ToString());
        }
    }

    [Fact]
    public void Equal_scores_of_both_signs_of_zero_are_told_as_zero()
    {
        float[] centroids = [-1e-30f, -0f, 1e-30f, 0];
        AssertSameAsFull([1e-30f, 1], centroids, 2);
        var products = new float[1];
        NearestCentroid.Fastest.Find([1e-30f, 1], [], Pack(centroids, 2, quantize: false, spherical: true), true, new int[1], products, 1, CancellationToken.None);
        Assert.Equal(0, BitConverter.SingleToInt32Bits(products[0]));
    }

    [Fact]
    public void Where_single_precision_overflows_its_lowest_number_is_found_too()
    {
        AssertSameAsFull([2e19f, 0.5e18f], [2e19f, -1e18f, 2e19f, 1e18f], 2);
        var length = (float)Math.Sqrt((2 * 3.4026e38) - 0.25e36);
        AssertSameAsFull([-0.4e18f, 1e15f], [0.5e18f, -length, 0.5e18f, length], 2);
    }

    [Theory]
    [InlineData(16, 64, 0.02)]
    [InlineData(128, 256, 0.02)]
    [InlineData(960, 1000, 0.1)]
    public void They_decide_for_nearly_all_points_of_uniform_data(int dimension, int clusters, double most)
    {
        Assert.SkipUnless(Avx2.IsSupported && Fma.IsSupported, "This processor has no kernel for integers.");
        const int Count = 1000;
        var points = TestData.Uniform(Count, dimension);
        var panels = Pack(TestData.Uniform(clusters, dimension, 2), dimension, quantize: true);
        var (labels, scores, undecided) = (new int[Count], new float[Count], new int[Count]);
        fixed (float* x = points, score = scores)
        fixed (int* label = labels, left = undecided)
        {
            Assert.InRange(CandidateSearch.Find(panels.Quantized!, panels.Starts, x, Count, label, score, left), 0, (int)(most * Count));
        }
    }

    [Fact]
    public void The_first_blocks_take_both_ways_and_the_others_the_one_of_less_time()
    {
        var trial = new Trial();
        Assert.Equal(Trial.Blocks / 2, Enumerable.Range(0, Trial.Blocks).Count(trial.TakesSecond));
        for (var block = 0; block < Trial.Blocks; block++)
        {
            var start = Trial.StartClock(block);
            Assert.NotEqual(0, start);

            // As if it had taken long, but once.
            trial.StopClock(block, trial.TakesSecond(block) && block != 1 ? start - 1000 : start - 1_000_000_000);
        }

        Assert.True(trial.TakesSecond(Trial.Blocks));
        Assert.Equal(0, Trial.StartClock(Trial.Blocks));
        var slower = new Trial();
        slower.StopClock(0, Trial.StartClock(0));
        slower.StopClock(1, Trial.StartClock(1) - 1_000_000_000);
        Assert.False(slower.TakesSecond(Trial.Blocks));
    }

    private static (float[] Points, float[] Centroids) Awkward(string kind, int dimension)
    {
        const int Count = 150;
        const int Clusters = 50;
        var points = TestData.Uniform(Count, dimension);
        var centroids = TestData.Uniform(Clusters, dimension, 2);
        switch (kind)
        {
            case "opposite":
                // The greatest products there are, of both signs.
                for (var i = 0; i < points.Length; i++)
                {
                    points[i] = i / dimension % 2 == 0 ? 1 : -1;
                }

                for (var i = 0; i < centroids.Length; i++)
                {
                    centroids[i] = i / dimension % 2 == 0 ? 1 : -1;
                }

                break;
            case "along one line":
                for (var i = 0; i < points.Length; i++)
                {
                    points[i] = i / dimension * 0.01f;
                }

                for (var i = 0; i < centroids.Length; i++)
                {
                    centroids[i] = i / dimension;
                }

                break;
            case "one far away":
                centroids.AsSpan(0, dimension).Fill(1e6f);
                points.AsSpan(0, dimension).Fill(-1e6f);
                break;
            case "near ties":
                for (var i = dimension; i < centroids.Length; i++)
                {
                    centroids[i] = centroids[i % dimension] * (1 + (i / dimension % 3 * 6e-8f));
                }

                break;
            case "copies":
                for (var i = 0; i < centroids.Length; i++)
                {
                    centroids[i] = points[i % (5 * dimension)];
                }

                break;
            case "beside the mean":
                for (var i = 0; i < points.Length; i++)
                {
                    points[i] = 0.5f + ((points[i] - 0.5f) * 1e-6f);
                }

                break;
            case "infinite length":
                points.AsSpan(0, dimension).Fill(1e30f);
                break;
        }

        return (points, centroids);
    }

    private static void AssertSameAsFull(float[] points, float[] centroids, int dimension)
    {
        var count = points.Length / dimension;
        var norms = VectorNorms.Squared(points, dimension, 1);
        foreach (var spherical in new[] { false, true })
        {
            var (labels, distances) = (new int[count], new float[count]);
            NearestCentroid.Fastest.Find(points, norms, Pack(centroids, dimension, quantize: false, spherical), spherical, labels, distances, 2, CancellationToken.None);
            var (found, at) = (new int[count], new float[count]);
            NearestCentroid.Fastest.Find(points, norms, Pack(centroids, dimension, quantize: true, spherical), spherical, found, at, 2, CancellationToken.None);
            Assert.Equal(labels, found);
            Assert.Equal(Array.ConvertAll(distances, BitConverter.SingleToInt32Bits), Array.ConvertAll(at, BitConverter.SingleToInt32Bits));
        }
    }

    private static CentroidPanels Pack(float[] centroids, int dimension, bool quantize, bool spherical = false)
    {
        var clusters = centroids.Length / dimension;
        var panels = new CentroidPanels(clusters, dimension, NearestCentroid.Fastest.PanelWidth, quantized: quantize ? QuantizedCentroids.IfConceivable(1, clusters, dimension, always: true) : null);
        panels.Pack(centroids, spherical);
        return panels;
    }
}
