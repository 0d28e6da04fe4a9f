namespace FaissSdk.Tests.KMeansTests;

/// <summary>Tests that integer scores leave few candidates to a point, and never exclude the nearest centroid.</summary>
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
    public void Results_equal_those_of_a_full_search(int count, int dimension, int clusters) =>
        AssertSameAsFull(TestData.Uniform(count, dimension, 3), TestData.Uniform(clusters, dimension, 4), dimension);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Results_equal_those_of_a_full_search_for_awkward_data(string kind)
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
    public void Scores_of_negative_zero_are_returned_as_zero()
    {
        float[] centroids = [-1e-30f, -0f, 1e-30f, 0];
        AssertSameAsFull([1e-30f, 1], centroids, 2);
        var products = new float[1];
        NearestCentroid.Fastest.Find([1e-30f, 1], [], centroids, Pack(centroids, 2, null, spherical: true), true, new int[1], products, 1, CancellationToken.None);
        Assert.Equal(0, BitConverter.SingleToInt32Bits(products[0]));
    }

    [Fact]
    public void Overflow_of_single_precision_gives_the_lowest_number()
    {
        AssertSameAsFull([2e19f, 0.5e18f], [2e19f, -1e18f, 2e19f, 1e18f], 2);
        var length = (float)Math.Sqrt((2 * 3.4026e38) - 0.25e36);
        AssertSameAsFull([-0.4e18f, 1e15f], [0.5e18f, -length, 0.5e18f, length], 2);
    }

    [Theory]
    [InlineData(16, 64, 0.02)]
    [InlineData(128, 256, 0.02)]
    [InlineData(960, 1000, 0.1)]
    public void Integer_scores_decide_nearly_all_uniform_points(int dimension, int clusters, double maxUndecided)
    {
        Assert.SkipUnless(PairProducts.IsSupported, "This processor has no kernel for integers.");
        const int Count = 1000;
        var points = TestData.Uniform(Count, dimension);
        var centroids = TestData.Uniform(clusters, dimension, 2);
        foreach (var kernel in IntegerKernels.All)
        {
            var panels = Pack(centroids, dimension, kernel);
            var (labels, scores, undecided) = (new int[Count], new float[Count], new int[Count]);
            fixed (float* x = points, c = centroids, score = scores)
            fixed (int* label = labels, left = undecided)
            {
                var buffers = new SearchBuffers { Points = x, Centroids = c, Labels = label, Distances = score, Count = Count };
                Assert.InRange(kernel.Find(panels.Quantized!, buffers, panels.Starts, 0, Count, left), 0, (int)(maxUndecided * Count));
            }
        }
    }

    /// <summary>The points vary in few directions, so that the bounds exclude nearly all other centroids.</summary>
    [Fact]
    public void Projected_scores_decide_points_that_vary_in_few_directions()
    {
        Assert.SkipUnless(PairProducts.IsSupported, "This processor has no kernel for integers.");
        const int Count = 2000;
        const int Dimension = 128;
        var few = TestData.Clustered(Count, 8, 40);
        var directions = TestData.Uniform(8, Dimension, 5);
        var noise = TestData.Uniform(Count, Dimension, 6);
        var points = new float[Count * Dimension];
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = noise[i] * 0.01f;
            for (var j = 0; j < 8; j++)
            {
                points[i] += (few[(i / Dimension * 8) + j] - 50) * (directions[(j * Dimension) + (i % Dimension)] - 0.5f);
            }
        }

        var norms = VectorNorms.Squared(points, Dimension, 1);
        var projected = ProjectedCentroids.CreateIfWorthwhile(points, norms, 40, always: true)!;
        Assert.NotNull(PrincipalDirections.Find(points, Dimension));
        Assert.Null(PrincipalDirections.Find(TestData.Uniform(Count, Dimension), Dimension));
        var centroids = points[..(40 * Dimension)];
        var panels = new CentroidPanels(40, Dimension, NearestCentroid.Fastest.PanelWidth, quantized: QuantizedCentroids.CreateIfWorthwhile(Count, 40, Dimension, always: true), projected: projected);
        panels.Pack(centroids, spherical: false);
        var (labels, distances, undecided) = (new int[Count], new float[Count], new int[Count]);
        fixed (float* x = points, c = centroids, distance = distances)
        fixed (int* label = labels, left = undecided)
        {
            var buffers = new SearchBuffers { Points = x, Centroids = c, Labels = label, Distances = distance, Count = Count };
            Assert.Equal(0, projected.Kernel.Find(projected, panels.Quantized!, buffers, panels.Starts, 0, Count, left));
        }

        Assert.Equal(Enumerable.Range(0, Count).Select(i => i % 40), labels);
    }

    [Fact]
    public void Sampled_blocks_choose_the_fastest_method()
    {
        SearchMethod[] methods = [SearchMethod.Single, SearchMethod.Integer];
        var autotuner = new SearchAutotuner();
        autotuner.Begin(methods);
        Assert.Equal(2 * SearchAutotuner.BlocksPerMethod, autotuner.SampledBlocks);
        SampleBlocks(SearchMethod.Integer, 100_000_000);
        Assert.Equal(SearchMethod.Integer, autotuner.MethodFor(autotuner.SampledBlocks));
        Assert.Equal(0, autotuner.StartClock(autotuner.SampledBlocks));

        // Later searches sample fewer blocks to notice that another method, even a new one, has become faster.
        methods = [.. methods, SearchMethod.Projected];
        autotuner.Begin(methods);
        Assert.InRange(autotuner.SampledBlocks, methods.Length, SearchAutotuner.BlocksPerMethod);
        Assert.Equal(SearchMethod.Integer, autotuner.MethodFor(autotuner.SampledBlocks));
        SampleBlocks(SearchMethod.Projected, 10_000_000);
        Assert.Equal(SearchMethod.Projected, autotuner.MethodFor(autotuner.SampledBlocks));

        // The previous method is kept although all of its sampled blocks were disturbed.
        autotuner.Begin(methods);
        SampleBlocks(SearchMethod.Single, 50_000_000);
        Assert.Equal(SearchMethod.Projected, autotuner.MethodFor(autotuner.SampledBlocks));

        // A method that is no longer possible is not used.
        autotuner.Begin([SearchMethod.Single]);
        Assert.Equal(0, autotuner.SampledBlocks);
        Assert.Equal(SearchMethod.Single, autotuner.MethodFor(0));
        Assert.Equal(0, autotuner.StartClock(0));

        void SampleBlocks(SearchMethod fastest, long time)
        {
            var used = Enumerable.Range(0, autotuner.SampledBlocks).Select(autotuner.MethodFor).ToArray();
            Assert.All(methods, method => Assert.Equal(autotuner.SampledBlocks / methods.Length, used.Count(other => other == method)));
            for (var block = 0; block < autotuner.SampledBlocks; block++)
            {
                var start = autotuner.StartClock(block);
                Assert.NotEqual(0, start);

                // Each block appears to have taken long, except the later ones of the fastest method.
                autotuner.StopClock(used[block], start - (used[block] == fastest && block >= methods.Length ? time : 1_000_000_000), 1);
            }
        }
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
                // The largest possible products, of both signs.
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
            NearestCentroid.Fastest.Find(points, norms, centroids, Pack(centroids, dimension, null, spherical), spherical, labels, distances, 2, CancellationToken.None);
            foreach (var kernel in IntegerKernels.All)
            {
                var (found, at) = (new int[count], new float[count]);
                NearestCentroid.Fastest.Find(points, norms, centroids, Pack(centroids, dimension, kernel, spherical), spherical, found, at, 2, CancellationToken.None);
                Assert.Equal(labels, found);
                Assert.Equal(Array.ConvertAll(distances, BitConverter.SingleToInt32Bits), Array.ConvertAll(at, BitConverter.SingleToInt32Bits));
            }
        }
    }

    private static CentroidPanels Pack(float[] centroids, int dimension, IntegerKernel? kernel, bool spherical = false)
    {
        var clusters = centroids.Length / dimension;
        var panels = new CentroidPanels(
            clusters, dimension, NearestCentroid.Fastest.PanelWidth, quantized: kernel is null ? null : QuantizedCentroids.CreateIfWorthwhile(1, clusters, dimension, always: true, kernel));
        panels.Pack(centroids, spherical);
        return panels;
    }
}
