using FaissSdk.Tests.KMeansTests;
using FsCheck;

namespace FaissSdk.Tests.Indexes;

/// <summary>Tests exact searches that exclude vectors by their coordinates in few directions.</summary>
public unsafe class FlatSketchTests
{
    private const int Dimension = 128;

    public static bool IsSupported => Projection.IsSupported && IntegerKernel.Fastest is { Format.IsBytes: true };

    [Cases(Arbitrary = [typeof(FlatCases)], SkipType = typeof(FlatSketchTests), SkipUnless = nameof(IsSupported), Skip = "This processor has no kernel for integers.")]
    public Property Any_directions_give_the_same_bits(FlatCase of)
    {
        of = of with { Count = 2048 + (of.Seed % 2500), Dimension = 20 + (of.Seed % 120), Queries = 1 + (of.Seed % 40), Normalizes = false, Filter = 0 };
        var isProduct = of.Metric == MetricType.InnerProduct;
        var (store, queries) = (new VectorStore(of.Dimension, of.Storage), of.CreateQueries());
        store.Append(of.CreateVectors());
        var size = of.Queries * of.K;
        float[] expectedDistances = new float[size], distances = new float[size];
        long[] expectedIds = new long[size], ids = new long[size];
        store.Directions.Use(null);
        new FlatSearch(store, isProduct).Nearest(queries, of.K, null, null, 1, expectedDistances, expectedIds);
        foreach (var sketches in SketchesOf(of, store))
        {
            store.Directions.Use(sketches);
            var search = new FlatSearch(store, isProduct);

            // Chunks become integers in the first search of nine queries or more.
            foreach (var threads in (int[])[1 + (of.Seed % 3), 1])
            {
                search.Nearest(queries, of.K, null, null, threads, distances, ids);
                if (!ids.AsSpan().SequenceEqual(expectedIds) || !distances.AsSpan().SequenceEqual(expectedDistances))
                {
                    return Verdict.Broken($"{sketches.Directions.Directions} directions gave other results").ToProperty();
                }
            }
        }

        return Verdict.Kept.ToProperty();
    }

    [Fact]
    public void Vectors_that_vary_in_few_directions_are_searched_by_these()
    {
        Assert.SkipUnless(IsSupported, "This processor has no kernel for integers.");
        const int Count = 9 * 2048;
        var vectors = Falling(Count);
        var store = new VectorStore(Dimension, VectorStorage.Unchanged);
        store.Append(vectors);
        var search = new FlatSearch(store, isProduct: false);
        var (distances, ids) = (new float[1000 * 10], new long[1000 * 10]);
        var queries = vectors.AsSpan(0, 1000 * Dimension);
        search.Nearest(queries, 10, null, null, 1, distances, ids);
        Assert.Null(store.Directions.Current);
        var (firstDistances, firstIds) = (distances.ToArray(), ids.ToArray());
        search.Nearest(queries, 10, null, null, 1, distances, ids);
        search.Nearest(queries, 10, null, null, 2, distances, ids);
        var sketches = store.Directions.Current;
        Assert.NotNull(sketches);
        Assert.InRange(sketches.Directions.Directions, 15, 31);
        Assert.Same(sketches, store[0].Quantized!.Sketches);
        Assert.Equal(firstIds, ids);
        Assert.Equal(firstDistances, distances);

        // A vector that changes makes its chunk new; the directions stay until the vectors are twice as many.
        var removed = new bool[Count];
        removed[^1] = true;
        store.Remove(removed);
        store.Append(vectors.AsSpan((Count - 1) * Dimension));
        Assert.Null(store[8].Quantized);
        search.Nearest(queries, 10, null, null, 1, distances, ids);
        Assert.Same(sketches, store.Directions.Current);
        Assert.Equal(firstIds, ids);
        store.Append(vectors);
        search.Nearest(queries, 10, null, null, 1, distances, ids);
        search.Nearest(queries, 10, null, null, 1, distances, ids);
        Assert.NotSame(sketches, store.Directions.Current);
    }

    [Fact]
    public void Vectors_of_a_flat_spectrum_are_searched_by_all_components()
    {
        Assert.SkipUnless(IsSupported, "This processor has no kernel for integers.");
        const int Count = 8 * 2048;
        var store = new VectorStore(Dimension, VectorStorage.Unchanged);
        store.Append(TestData.Uniform(Count, Dimension));
        store.Directions.Count(store, 1 << 20);
        Assert.Null(store.Directions.Current);
    }

    [Fact]
    public void A_row_has_the_score_of_its_panel()
    {
        Assert.SkipUnless(QuadTile256.IsSupported, "This processor has no kernel for integers.");
        const int Count = 40;
        foreach (var dimension in (int[])[16, 17, 30, 64, 100, 129])
        {
            var (vectors, starts) = (TestData.Uniform(Count, dimension), TestData.Uniform(1, Count, 3));
            var rows = QuantizedCentroids.CreateRows(Count, dimension)!;
            var kernel = IntegerKernel.All.First(kernel => kernel.Format == IntegerFormat.Quads7);
            var panels = QuantizedCentroids.CreateIfWorthwhile(Count, Count, dimension, always: true, kernel)!;
            var queries = TestData.Uniform(kernel.Rows, dimension, 4);
            var words = new AlignedBuffer<int>((long)kernel.Rows * rows.Panels.Words);
            var units = new ScoreUnits[kernel.Rows];
            var (thresholds, scores, masks) = (new int[kernel.Rows], new int[kernel.Rows * kernel.PanelWidth], new uint[kernel.Rows]);
            fixed (float* x = queries, start = starts)
            fixed (ScoreUnits* unit = units)
            fixed (int* threshold = thresholds, score = scores)
            fixed (uint* mask = masks)
            {
                rows.Pack(vectors, start, 1);
                panels.Pack(vectors, start, 1);
                for (var i = 0; i < kernel.Rows; i++)
                {
                    rows.QuantizeQuery(x + (i * dimension), words.Pointer + (i * rows.Panels.Words), out unit[i], out _, out _, out _);
                }

                for (var panel = 0; panel < panels.Panels.Count; panel++)
                {
                    kernel.Score(words.Pointer, panels.Panels.Words, unit, panels.Panels[panel], threshold, score, mask);
                    for (var i = 0; i < kernel.Rows; i++)
                    {
                        for (var lane = 0; lane < kernel.PanelWidth && (panel * kernel.PanelWidth) + lane < Count; lane++)
                        {
                            var row = rows.Panels[0].Skip((panel * kernel.PanelWidth) + lane, rows.Panels.Words);
                            Assert.Equal(score[(i * kernel.PanelWidth) + lane], IntegerRow.Score(words.Pointer + (i * rows.Panels.Words), rows.Panels.Words, unit + i, row));
                        }
                    }
                }
            }
        }
    }

    /// <summary>Returns directions found in the vectors, and random ones that are neither orthogonal nor of length 1.</summary>
    private static IEnumerable<SearchSketches> SketchesOf(FlatCase of, VectorStore store)
    {
        var rows = 2040;
        var sample = new AlignedBuffer<float>((long)rows * of.Dimension);
        store.Decode(0, rows, sample.Span);
        if (PrincipalDirections.Find(sample.Span, of.Dimension, always: true) is { Directions: >= 15 } found)
        {
            yield return SearchDirections.Cluster(found, sample, rows, 1 + (of.Seed % 60));
        }

        var directions = 15 + (of.Seed % 10);
        var random = new Random(of.Seed);
        var basis = new AlignedBuffer<float>((long)directions * of.Dimension);
        foreach (ref var component in basis.Span)
        {
            component = (random.NextSingle() - 0.5f) / MathF.Sqrt(of.Dimension);
        }

        yield return SearchDirections.Cluster(new Projection(basis, of.Dimension, directions), sample, rows, 7);
    }

    /// <summary>Returns vectors most of whose variance is in 16 directions.</summary>
    private static float[] Falling(int count)
    {
        var (few, directions, noise) = (TestData.Uniform(count, 16, 1), TestData.Uniform(16, Dimension, 2), TestData.Uniform(count, Dimension, 3));
        var vectors = new float[count * Dimension];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = 0.3f * noise[i];
            for (var j = 0; j < 16; j++)
            {
                vectors[i] += (few[(i / Dimension * 16) + j] - 0.5f) * (directions[(j * Dimension) + (i % Dimension)] - 0.5f);
            }
        }

        return vectors;
    }
}
