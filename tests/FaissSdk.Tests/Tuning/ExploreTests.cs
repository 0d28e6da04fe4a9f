namespace FaissSdk.Tests.Tuning;

public class ExploreTests
{
    private const int Dimension = 16;

    private static readonly float[] Vectors = TestData.Uniform(3000, Dimension);
    private static readonly float[] Queries = TestData.Uniform(100, Dimension, seed: 2);
    private static readonly ExplorationOptions Quick = new() { MinDuration = TimeSpan.FromMilliseconds(1), MinRepetitions = 1 };

    [Theory]
    [InlineData("IVF32,Flat", "nprobe=1 2 4 8 16 32")]
    [InlineData("IDMap,HNSW8", "efSearch=8 16 32 64 128 256 512")]
    [InlineData("PCA8,IVF16_HNSW8,SQ8,RFlat", "k_factor_rf=1 2 4 8 16 32 64;nprobe=1 2 4 8 16;quantizer_efSearch=8 16 32 64 128 256 512")]
    [InlineData("Flat", "")]
    public void Ranges_are_those_of_the_parts(string description, string expected)
    {
        Native.RequireOwnSearch();
        using var index = Filled(description);

        Assert.Equal(expected, string.Join(';', ParameterSpace.RangesOf(index).Select(range => $"{range.Name}={string.Join(' ', range.Values)}")));
    }

    [Fact]
    public void Polysemous_codes_have_a_threshold()
    {
        Native.RequireOwnSearch();
        using var index = FaissIndex.Create(Dimension, "PQ4");

        Assert.SkipWhen(ParameterSpace.RangesOf(index).Count == 0, "This library does not show the threshold.");
        Assert.Equal([2, 4, 6, 8, 10, 12, 14, 16, 32], Assert.Single(ParameterSpace.RangesOf(index), range => range.Name == "ht").Values);
        Assert.Equal(32, index.GetParameter("ht"));
        index.SetParameter("ht", 10);
        Assert.Equal(10, index.GetParameter("ht"));
    }

    [Theory]
    [InlineData("IVF32,Flat", "nprobe", 3)]
    [InlineData("HNSW8", "efSearch", 77)]
    [InlineData("IVF16_HNSW8,Flat", "quantizer_efSearch", 55)]
    [InlineData("IVF16_HNSW8,Flat", "efSearch", 55)]
    [InlineData("IVF16,SQ8,RFlat", "k_factor_rf", 5)]
    [InlineData("PCA8,IVF16,SQ8,RFlat", "nprobe", 5)]
    public void A_parameter_is_read_as_it_was_set(string description, string name, double value)
    {
        Native.RequireOwnSearch();
        using var index = Filled(description);

        index.SetParameter(name, value);

        Assert.Equal(value, index.GetParameter(name));
    }

    [Fact]
    public void A_limit_of_codes_is_read_as_it_was_set()
    {
        Native.RequireOwnSearch();
        using var index = Filled("IVF16,Flat");
        Assert.SkipWhen(Record.Exception(() => index.GetParameter("max_codes")) is NotSupportedException, "This library does not show the limit.");

        Assert.Equal(double.PositiveInfinity, index.GetParameter("max_codes"));
        index.SetParameter("max_codes", 100);
        Assert.Equal(100, index.GetParameter("max_codes"));
        index.SetParameter("max_codes", double.PositiveInfinity);
        Assert.Equal(double.PositiveInfinity, index.GetParameter("max_codes"));
    }

    [Fact]
    public void A_parameter_that_the_index_lacks_is_refused()
    {
        Native.Require();
        using var index = Filled("Flat");

        Assert.Contains("'nprobe'", Assert.Throws<NotSupportedException>(() => index.GetParameter("nprobe")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Exploring_measures_recall_and_restores_the_parameters()
    {
        Native.RequireOwnSearch();
        using var index = Filled("IVF32,Flat");
        index.SetParameter("nprobe", 5);
        var truth = Truth();

        var points = ParameterSpace.Explore(index, Queries, truth, Quick);

        Assert.Equal(5, index.GetParameter("nprobe"));
        Assert.Equal("nprobe=1", points[0].Parameters);
        Assert.Equal(1, points.Best!.Recall);
        Assert.All(points, point =>
        {
            Assert.True(point.MicrosecondsPerQuery > 0);
            point.ApplyTo(index);
            Assert.Equal(Evaluation.Recall(index.Search(Queries, 10), truth), point.Recall);
        });
        Assert.InRange(points.BestFor(0.8)!.Recall, 0.8, 1);
    }

    [Fact]
    public void A_fractional_factor_is_restored()
    {
        Native.RequireOwnSearch();
        using var codes = FaissIndex.Create(Dimension, "SQ4");
        using var index = new IndexRefineFlat(codes) { KFactor = 2.5f };
        index.Train(Vectors);
        index.Add(Vectors);

        ParameterSpace.Explore(index, Queries, Truth(), Quick);

        Assert.Equal(2.5f, index.KFactor);
    }

    [Fact]
    public void An_index_without_parameters_has_one_point()
    {
        Native.Require();
        using var index = Filled("Flat");

        var point = Assert.Single(ParameterSpace.Explore(index, Queries, Truth(), Quick with { K = 3, QueriesPerCall = 7 }));

        Assert.Equal(("", 1), (point.Parameters, point.Recall));
        point.ApplyTo(index);
    }

    [Fact]
    public void The_seed_determines_the_order()
    {
        Native.RequireOwnSearch();
        using var index = Filled("IVF16,SQ8,RFlat");

        string[] Tried(int seed)
        {
            var space = new ExplorationSettings(ParameterSpace.RangesOf(index), new ExplorationOptions { Seed = seed });
            return [.. Enumerable.Range(0, space.Count).Select(i => space.TextOf(space[i]))];
        }

        Assert.Equal(35, Tried(1).Distinct().Count());
        Assert.Equal(Tried(1), Tried(1));
        Assert.NotEqual(Tried(1), Tried(2));
        Assert.Equal(["k_factor_rf=1,nprobe=1", "k_factor_rf=64,nprobe=16"], Tried(3)[..2]);
    }

    [Fact]
    public void A_setting_that_cannot_be_better_is_left_out()
    {
        // (1, 1) took 10 µs, and (2, 2) found no more than 0.5, which (3, 1) finds in 5 µs.
        var measured = new List<(int[], OperatingPoint)> { ([1, 1], new("", 0.4, 10)), ([2, 2], new("", 0.5, 20)), ([3, 0], new("", 0.5, 5)) };

        Assert.True(ExplorationSettings.IsDominated([1, 2], measured));
        Assert.False(ExplorationSettings.IsDominated([3, 2], measured));
        Assert.False(ExplorationSettings.IsDominated([0, 1], measured));
    }

    [Fact]
    public void Experiments_are_limited()
    {
        Native.RequireOwnSearch();
        using var index = Filled("IVF32,Flat");

        Assert.Equal(["nprobe=1", "nprobe=32"], ParameterSpace.Explore(index, Queries, Truth(), Quick with { MaxExperiments = 2 }).Select(point => point.Parameters));
    }

    [Fact]
    public void Canceling_restores_the_parameters()
    {
        Native.RequireOwnSearch();
        using var index = Filled("IVF32,Flat");
        index.SetParameter("nprobe", 5);
        using var cancellation = new CancellationTokenSource();
        var progress = new Reports<ExplorationProgress>(state =>
        {
            Assert.Equal(6, state.Total);
            if (state.Done == 2)
            {
                cancellation.Cancel();
            }
        });

        Assert.Throws<OperationCanceledException>(() => ParameterSpace.Explore(index, Queries, Truth(), Quick, progress, cancellation.Token));

        Assert.Equal(5, index.GetParameter("nprobe"));
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        Native.RequireOwnSearch();
        using var index = Filled("IVF32,Flat");
        var truth = Truth();
        ExplorationOptions[] bad =
        [
            Quick with { K = 11 }, Quick with { K = 0 }, Quick with { MaxExperiments = 0 }, Quick with { QueriesPerCall = 0 }, Quick with { MinRepetitions = 0 },
            Quick with { MinDuration = TimeSpan.Zero }, Quick with { Ranges = [new("nprobe", [])] }, Quick with { Ranges = [new("nprobe", [2, 1])] },
        ];

        Assert.All(bad, options => Assert.Equal("options", Assert.Throws<ArgumentException>(() => ParameterSpace.Explore(index, Queries, truth, options)).ParamName));
        Assert.Throws<NotSupportedException>(() => ParameterSpace.Explore(index, Queries, truth, Quick with { Ranges = [new("efSearch", [1])] }));
    }

    private static GroundTruth Truth() => GroundTruth.Compute(Vectors, Queries, Dimension, 10);

    private static FaissIndex Filled(string description)
    {
        using var single = Native.SingleThread();
        var index = FaissIndex.Create(Dimension, description);
        index.Train(Vectors);
        if (description.StartsWith("IDMap", StringComparison.Ordinal))
        {
            index.AddWithIds(Vectors, [.. Enumerable.Range(0, Vectors.Length / Dimension).Select(i => (long)i)]);
        }
        else
        {
            index.Add(Vectors);
        }

        return index;
    }
}
