namespace FaissSdk.Sequences;

/// <summary>The laws of search results.</summary>
internal static class SearchOracle
{
    /// <summary>Checks the neighbors of each query (n × k).</summary>
    public static void Check(Model model, long held, DataSpecification queries, int k, ReadOnlySpan<float> distances, ReadOnlySpan<long> ids, Func<long, bool>? filter, bool isExact)
    {
        var values = queries.Values;
        for (var i = 0; i < queries.CountFor(model.Dimension); i++)
        {
            var query = values.AsSpan(i * model.Dimension, model.Dimension);
            var rowDistances = distances.Slice(i * k, k);
            var rowIds = ids.Slice(i * k, k);
            CheckIds(model, held, rowIds, filter);
            if (model.IsOrdinary && queries.IsOrdinary && !MixesIds(model))
            {
                CheckOrder(model, rowDistances, rowIds);
                CheckDistances(model, query, rowDistances, rowIds);
                if (isExact && Metrics.IsTotal(model.Metric))
                {
                    CheckNearest(model, query, rowDistances, rowIds, filter);
                }
            }
        }
    }

    /// <summary>Checks the neighbors of one query, without a filter.</summary>
    public static void CheckRow(Model model, long held, ReadOnlySpan<float> query, ReadOnlySpan<float> distances, ReadOnlySpan<long> ids, bool isExact)
    {
        CheckIds(model, held, ids, null);
        if (MixesIds(model))
        {
            return;
        }

        CheckOrder(model, distances, ids);
        CheckDistances(model, query, distances, ids);
        if (isExact && Metrics.IsTotal(model.Metric))
        {
            CheckNearest(model, query, distances, ids, null);
        }
    }

    /// <summary>Checks the vectors within the radius of one query.</summary>
    public static void CheckRange(Model model, long held, ReadOnlySpan<float> query, float radius, ReadOnlySpan<float> distances, ReadOnlySpan<long> ids, Func<long, bool>? filter, bool isExact)
    {
        CheckIds(model, held, ids, filter);
        if (MixesIds(model))
        {
            return;
        }

        CheckDistances(model, query, distances, ids);
        foreach (var distance in distances)
        {
            if (Metrics.IsTotal(model.Metric) && (Metrics.IsSimilarity(model.Metric) ? !(distance >= radius) : !(distance <= radius)))
            {
                throw new Fault("wrong answer", $"{model.Kind.Text} by {model.Metric}: a range search returns distance {distance}, beyond the radius {radius}");
            }
        }

        if (!isExact || !Metrics.IsTotal(model.Metric))
        {
            return;
        }

        var (least, most) = (0, 0);
        foreach (var item in model.Items.Where(item => filter is null || filter(item.Id)))
        {
            var distance = Metrics.Distance(model, query, item.Vector);
            var tolerance = Metrics.Tolerance(model, query, item.Vector);
            var inside = Metrics.IsSimilarity(model.Metric) ? distance - radius : radius - distance;
            least += inside > tolerance ? 1 : 0;
            most += inside > -tolerance ? 1 : 0;
        }

        if (ids.Length < least || ids.Length > most)
        {
            throw new Fault("wrong answer", $"{model.Kind.Text} by {model.Metric}: a range search returns {ids.Length} vectors; {least} to {most} are within the radius {radius}");
        }
    }

    // Lists of distinct vectors keep the ids of equal ones by the id of the first, which has to be unique.
    private static bool MixesIds(Model model) => model.Kind.Text.Contains("FlatDedup", StringComparison.Ordinal) && !IsUnique(model);

    private static bool IsUnique(Model model) => !model.IsKnown ? model.Kind.Labels == Labels.Positions : model.Items.Select(item => item.Id).Distinct().Count() == model.Items.Count;

    private static void CheckIds(Model model, long held, ReadOnlySpan<long> ids, Func<long, bool>? filter)
    {
        var seen = new HashSet<long>();
        var isUnique = IsUnique(model);
        HashSet<long>? known = model.IsKnown ? [.. model.Items.Select(item => item.Id)] : null;
        foreach (var id in ids)
        {
            if (id == -1)
            {
                continue;
            }

            if (id < -1 || (model.Kind.Labels == Labels.Positions && id >= held) || known?.Contains(id) == false)
            {
                throw new Fault("wrong id", $"{model.Kind.Text} by {model.Metric}: a search returns id {id}, which was not added or is removed; the index holds {held} vectors");
            }

            if (filter?.Invoke(id) == false)
            {
                throw new Fault("filter", $"{model.Kind.Text} by {model.Metric}: a search returns id {id}, which the selector excludes");
            }

            if (!seen.Add(id) && isUnique)
            {
                throw new Fault("wrong id", $"{model.Kind.Text} by {model.Metric}: a search returns id {id} twice for one query");
            }
        }
    }

    private static void CheckOrder(Model model, ReadOnlySpan<float> distances, ReadOnlySpan<long> ids)
    {
        var sign = Metrics.IsSimilarity(model.Metric) ? -1 : 1;
        var last = float.NegativeInfinity;
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0)
            {
                continue;
            }

            if (float.IsNaN(distances[i]) && Metrics.IsTotal(model.Metric))
            {
                throw new Fault("wrong answer", $"{model.Kind.Text} by {model.Metric}: the distance of neighbor {i} is NaN");
            }

            // The quantizer RCQ answers with squared distances whatever its metric.
            if (sign * distances[i] < last && !(model.Metric == MetricType.InnerProduct && model.Kind.Text.Contains("RCQ", StringComparison.Ordinal)))
            {
                throw new Fault("wrong answer", $"{model.Kind.Text} by {model.Metric}: the distances are not sorted: {distances[i]} follows {sign * last}");
            }

            last = sign * distances[i];
        }
    }

    private static void CheckDistances(Model model, ReadOnlySpan<float> query, ReadOnlySpan<float> distances, ReadOnlySpan<long> ids)
    {
        if (!model.Kind.HasTrueDistances || !model.IsKnown || !model.IsOrdinary || !Metrics.IsTotal(model.Metric))
        {
            return;
        }

        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0)
            {
                continue;
            }

            var found = false;
            var expected = double.NaN;
            foreach (var item in model.Items)
            {
                if (item.Id == ids[i])
                {
                    expected = Metrics.Distance(model, query, item.Vector);
                    found |= Math.Abs(expected - distances[i]) <= Metrics.Tolerance(model, query, item.Vector);
                }
            }

            if (!found)
            {
                throw new Fault("wrong answer", $"{model.Kind.Text} by {model.Metric}: the distance to id {ids[i]} is {distances[i]}, expected {expected:G6}");
            }
        }
    }

    private static void CheckNearest(Model model, ReadOnlySpan<float> query, ReadOnlySpan<float> distances, ReadOnlySpan<long> ids, Func<long, bool>? filter)
    {
        var sign = Metrics.IsSimilarity(model.Metric) ? -1 : 1;
        var expected = new List<(double Distance, double Tolerance)>();
        foreach (var item in model.Items)
        {
            if (filter?.Invoke(item.Id) != false)
            {
                expected.Add((sign * Metrics.Distance(model, query, item.Vector), Metrics.Tolerance(model, query, item.Vector)));
            }
        }

        expected.Sort();
        var tolerance = expected.Count == 0 ? 0 : expected.Max(one => one.Tolerance);
        for (var i = 0; i < ids.Length; i++)
        {
            if (i >= expected.Count ? ids[i] >= 0 : ids[i] < 0)
            {
                throw new Fault("wrong answer", $"{model.Kind.Text} by {model.Metric}: a search returns {ids[i]} as neighbor {i} of {expected.Count} selected vectors");
            }

            if (i < expected.Count && Math.Abs((sign * distances[i]) - expected[i].Distance) > tolerance)
            {
                throw new Fault("wrong answer", $"{model.Kind.Text} by {model.Metric}: neighbor {i} is at {distances[i]}, expected {sign * expected[i].Distance:G6}");
            }
        }
    }
}

/// <summary>The distances of a search, to be compared with those of a copy.</summary>
internal sealed record SearchSample(DataSpecification Queries, int K, float[] Distances)
{
    public void Compare(SearchSample other, string what)
    {
        for (var i = 0; i < Distances.Length; i++)
        {
            var (a, b) = (Distances[i], other.Distances[i]);
            if (Math.Abs(a - b) > (1e-3 * (Math.Abs(a) + Math.Abs(b))) + 1e-4)
            {
                throw new Fault("copy", $"{what} finds neighbor {i % K} of query {i / K} at {b}, the original at {a}");
            }
        }
    }
}
