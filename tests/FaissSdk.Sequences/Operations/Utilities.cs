namespace FaissSdk.Sequences;

/// <summary>Calls without an index, and two calls at a time.</summary>
internal static class Utilities
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("Race", 3, Race),
        new("Space", 2, UseSpace),
        new("Builder", 1, BuildRanges),
        new("Buffers", 1, FillBuffers),
        new("Distances", 1, ComputeDistances),
    ];

    // A change during a search either takes effect or is refused.
    private static void Race(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var (data, queries) = (Changes.Data(chooser, target, 0), chooser.Data(target.Model.Dimension, 1, 20));
        var waits = chooser.Chance(40);
        Exception? refusal = null;
        var name = waits ? $"{target.Name}.AsConcurrent()" : target.Name;
        var text = $"Parallel.Invoke(() => {name}.Add({data}), () => {name}.Search({queries}, 5));";
        Changes.Change(sequence, target, text, () =>
        {
            var search = Task.Run(() =>
            {
                try
                {
                    _ = waits ? target.Index.AsConcurrent().Search(queries.Values, 5) : target.Index.Search(queries.Values, 5);
                }
                catch (Exception error)
                {
                    refusal = error;
                }
            });
            try
            {
                if (waits)
                {
                    target.Index.AsConcurrent().Add(data.Values);
                }
                else
                {
                    target.Index.Add(data.Values);
                }
            }
            finally
            {
                search.Wait();
            }
        }, model => model.Add(data));
        if (refusal is not null)
        {
            sequence.Try($"{target.Name}.Search({queries}, 5); // beside Add", () => System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(refusal));
        }
    }

    private static void UseSpace(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var (first, second) = (chooser.Of("nprobe", "ht", "efSearch", "k_factor"), chooser.Of("max_codes", "k_factor_rf", "none"));
        var combination = chooser.Usually([0L, 1, 2], [-1, long.MaxValue]);
        var name = sequence.NewName("space");
        using var space = new ParameterSpace();
        target.Model.IsTuned = true;
        Settings.TuneParents(target);
        sequence.Try(
            $"var {name} = new ParameterSpace(); {name}.AddRange(\"{first}\"); {name}.AddRange(\"{second}\"); {name}.SetIndexParameters({target.Name}, {combination});",
            () =>
            {
                space.AddRange(first);
                space.AddRange(second);
                _ = (space.CombinationCount, space.CombinationCount > combination && combination >= 0 ? space.CombinationName(combination) : "");
                space.SetIndexParameters(target.Index, combination);
            });
    }

    private static void BuildRanges(Sequence sequence, Chooser chooser)
    {
        var (queries, count) = (chooser.Usually([0, 1, 3], [-1, 100_000_000]), chooser.Int(0, 50));
        var name = sequence.NewName("builder");
        sequence.Try($"using (var {name} = new RangeSearchResultBuilder({queries})) {{ {name}.Begin(0); for (var i = 0; i < {count}; i++) {name}.Add(i, i); _ = {name}.Build(); }}", () =>
        {
            using var builder = new RangeSearchResultBuilder(queries);
            builder.Begin(0);
            for (var i = 0; i < count; i++)
            {
                builder.Add(i, i);
            }

            var result = builder.Build();
            if (result.TotalCount != count || result[0].Ids.Length != count)
            {
                throw new Fault("properties", $"a result of {count} vectors is built with {result.TotalCount}");
            }
        });
    }

    private static void FillBuffers(Sequence sequence, Chooser chooser)
    {
        var (size, count, first) = (chooser.Usually([1, 4, 100], [0, -1]), chooser.Int(0, 50), chooser.Usually([0L, 1, 10], [-1, long.MaxValue]));
        var name = sequence.NewName("buffers");
        var copied = (int)Math.Clamp(count - first, 0, 50);
        sequence.Try($"using (var {name} = new BufferList({size})) {{ for (var i = 0; i < {count}; i++) {name}.Add(i, i); {name}.CopyRange({first}, new long[{copied}], new float[{copied}]); }}", () =>
        {
            using var buffers = new BufferList(size);
            for (var i = 0; i < count; i++)
            {
                buffers.Add(i, i);
            }

            var ids = new long[copied];
            buffers.CopyRange(first, ids, new float[copied]);
            if (!ids.SequenceEqual(Enumerable.Range(0, copied).Select(i => first + i)))
            {
                throw new Fault("properties", "CopyRange returns other ids than were added");
            }
        });
    }

    private static void ComputeDistances(Sequence sequence, Chooser chooser)
    {
        var (d, n, m) = (chooser.Int(1, 40), chooser.Int(0, 20), chooser.Int(0, 30));
        var (queries, vectors) = (chooser.Data(d, n, n), chooser.Data(d, m, m));
        var distances = new float[n * m];
        if (!sequence.Try($"VectorDistances.PairwiseL2Squared({queries}, {vectors}, {d}, new float[{n * m}]);", () => VectorDistances.PairwiseL2Squared(queries.Values, vectors.Values, d, distances)) || !queries.IsOrdinary || !vectors.IsOrdinary)
        {
            return;
        }

        var model = new Model(Kind.Flat, d, MetricType.L2);
        for (var i = 0; i < distances.Length; i++)
        {
            var (x, y) = (queries.Values[(i / m * d)..((i / m * d) + d)], vectors.Values[(i % m * d)..((i % m * d) + d)]);
            var expected = Metrics.Distance(model, x, y);
            if (Math.Abs(distances[i] - expected) > Metrics.Tolerance(model, x, y))
            {
                throw new Fault("wrong answer", $"distance {i} is {distances[i]}, expected {expected:G6}");
            }
        }
    }
}
