namespace FaissSdk;

/// <summary>Checks the arguments of exact indexes in the same way for FAISS's index and the managed one.</summary>
internal static class FlatChecks
{
    /// <summary>Checks the shapes of an addition, and returns the number of vectors.</summary>
    public static int Addition<T>(ReadOnlySpan<T> vectors, int dimension, ReadOnlySpan<long> ids, bool hasIds)
    {
        var count = VectorShape.CountVectors(vectors, dimension, nameof(vectors));
        if (hasIds)
        {
            VectorShape.CheckLength(ids.Length, count, nameof(ids));
        }

        return count;
    }

    /// <summary>Checks the ids of vectors to be added to an index.</summary>
    public static void Ids(long count, RowIds? held, ReadOnlySpan<long> ids, bool hasIds)
    {
        if ((count > 0 || held is not null) && hasIds != held is not null)
        {
            throw new InvalidOperationException(hasIds
                ? $"The index holds vectors without ids of their own, whose ids are their numbers: use {nameof(IFlatIndex.Add)}, or add all vectors with ids."
                : $"The index holds vectors with ids of their own: use {nameof(IFlatIndex.AddWithIds)}.");
        }

        if (hasIds && (held ?? new RowIds()).FindUnusable(ids) is var position and >= 0)
        {
            throw ids[position] < 0
                ? new ArgumentOutOfRangeException(nameof(ids), ids[position], $"ids has a negative id at position {position}; ids of vectors are 0 or greater.")
                : new ArgumentException($"ids has {ids[position]} at position {position}, and a vector of this id is there already or named before; an index accepts each id once. Remove it first.", nameof(ids));
        }
    }

    /// <summary>Rejects queries that have no distances.</summary>
    public static void Queries(ReadOnlySpan<float> queries, int dimension, bool normalizes)
    {
        if (normalizes)
        {
            VectorMath.CheckDirections(queries, dimension, nameof(queries));
            return;
        }

        VectorValues.CheckFinite(queries, dimension, nameof(queries));
        VectorValues.CheckMagnitude(queries, dimension, 1, nameof(queries));
    }

    /// <summary>Checks the arguments of a search.</summary>
    public static void Search(ReadOnlySpan<float> queries, int dimension, bool normalizes, int k, ReadOnlySpan<float> distances, ReadOnlySpan<long> ids)
    {
        var size = VectorShape.ResultLength(queries, dimension, k, nameof(queries));
        VectorShape.CheckLength(distances.Length, size, nameof(distances));
        VectorShape.CheckLength(ids.Length, size, nameof(ids));
        VectorShape.CheckDisjoint<float, float>(queries, distances, nameof(distances));
        VectorShape.CheckDisjoint<float, long>(queries, ids, nameof(ids));
        VectorShape.CheckDisjoint<float, long>(distances, ids, nameof(ids));
        Queries(queries, dimension, normalizes);
    }

    /// <summary>Checks the arguments of a range search.</summary>
    public static void RangeSearch(ReadOnlySpan<float> queries, int dimension, bool normalizes, MetricType metric, float radius)
    {
        VectorShape.CountVectors(queries, dimension, nameof(queries));
        if (float.IsNaN(radius) || (radius < 0 && metric != MetricType.InnerProduct))
        {
            throw new ArgumentOutOfRangeException(nameof(radius), radius, metric == MetricType.InnerProduct ? "radius is not a number." : $"A radius by {metric} is 0 or greater.");
        }

        Queries(queries, dimension, normalizes);
    }

    /// <summary>Returns the row of a vector.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such vector.</exception>
    public static int Row(long id, RowIds? ids, long count) =>
        (ids is not null ? ids.Find(id) : id >= 0 && id < count ? (int)id : -1) is var row and >= 0
            ? row
            : throw new ArgumentOutOfRangeException(nameof(id), id, "id is not the id of a vector in the index.");
}
