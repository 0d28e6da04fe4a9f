using System.Numerics;

namespace FaissSdk.Sequences;

/// <summary>The laws of results of binary indexes.</summary>
internal static class BinaryOracle
{
    public static void Check(BinaryModel model, long held, byte[] queries, int k, BinarySearchResult result, Func<long, bool>? filter, bool isLimited)
    {
        var size = model.Dimension / 8;
        for (var i = 0; i < queries.Length / size; i++)
        {
            var query = queries.AsSpan(i * size, size);
            var distances = result.Distances.Slice(i * k, k);
            var ids = result.Ids.Slice(i * k, k);
            CheckRow(model, held, query, distances, ids, filter);
            var last = int.MinValue;
            for (var j = 0; j < k; j++)
            {
                if (ids[j] >= 0 && distances[j] < last)
                {
                    throw new Fault("wrong answer", $"the distances are not sorted: {distances[j]} follows {last}");
                }

                last = ids[j] >= 0 ? distances[j] : last;
            }

            if (!isLimited && model is { IsExact: true, IsKnown: true })
            {
                CheckNearest(model, query, distances, ids, filter);
            }
        }
    }

    public static void CheckRange(BinaryModel model, long held, byte[] queries, int radius, BinaryRangeSearchResult result)
    {
        var size = model.Dimension / 8;
        for (var i = 0; i < queries.Length / size; i++)
        {
            var query = queries.AsSpan(i * size, size);
            CheckRow(model, held, query, result[i].Distances, result[i].Ids, filter: null);
            var within = 0;
            foreach (var item in model.Items)
            {
                within += Distance(query, item.Vector) < radius ? 1 : 0;
            }

            if (model is { IsExact: true, IsKnown: true } && result[i].Ids.Length != within)
            {
                throw new Fault("wrong answer", $"a range search returns {result[i].Ids.Length} vectors; {within} are nearer than {radius}");
            }
        }
    }

    private static void CheckRow(BinaryModel model, long held, ReadOnlySpan<byte> query, ReadOnlySpan<int> distances, ReadOnlySpan<long> ids, Func<long, bool>? filter)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            var id = ids[i];
            if (id == -1)
            {
                continue;
            }

            if (id < -1 || (model.Labels == Labels.Positions && id >= held) || (model.IsKnown && !model.Items.Exists(item => item.Id == id)))
            {
                throw new Fault("wrong id", $"a search returns id {id}, which was not added or is removed");
            }

            if (filter?.Invoke(id) == false)
            {
                throw new Fault("filter", $"a search returns id {id}, which the selector excludes");
            }

            var found = !model.IsKnown;
            foreach (var item in model.Items)
            {
                found |= item.Id == id && Distance(query, item.Vector) == distances[i];
            }

            if (!found)
            {
                throw new Fault("wrong answer", $"the distance to id {id} is not {distances[i]}");
            }
        }
    }

    private static void CheckNearest(BinaryModel model, ReadOnlySpan<byte> query, ReadOnlySpan<int> distances, ReadOnlySpan<long> ids, Func<long, bool>? filter)
    {
        var expected = new List<int>();
        foreach (var item in model.Items)
        {
            if (filter?.Invoke(item.Id) != false)
            {
                expected.Add(Distance(query, item.Vector));
            }
        }

        expected.Sort();
        for (var i = 0; i < ids.Length; i++)
        {
            if (i < expected.Count ? ids[i] < 0 || distances[i] != expected[i] : ids[i] >= 0)
            {
                throw new Fault("wrong answer", $"neighbor {i} is id {ids[i]} at {distances[i]}, expected {(i < expected.Count ? expected[i] : "none")}");
            }
        }
    }

    private static int Distance(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        var distance = 0;
        for (var i = 0; i < x.Length; i++)
        {
            distance += BitOperations.PopCount((uint)(x[i] ^ y[i]));
        }

        return distance;
    }
}
