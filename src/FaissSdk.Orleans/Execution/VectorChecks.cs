namespace FaissSdk.Orleans;

/// <summary>Checks vectors before they are sent.</summary>
internal static class VectorChecks
{
    public static void CheckVectors(ReadOnlySpan<float> vectors, int dimension, string owner, string parameter)
    {
        if (vectors.Length % dimension != 0)
        {
            throw new ArgumentException($"{parameter} has {vectors.Length} components, which is not a multiple of the dimension {dimension} of '{owner}'; use the model that its vectors were made with.", parameter);
        }

        // With NaN, FAISS finds nothing, or anything, without an error.
        for (var i = 0; i < vectors.Length; i++)
        {
            if (!float.IsFinite(vectors[i]))
            {
                throw new ArgumentException($"{parameter} has a component that is {vectors[i]} (vector {i / dimension}, component {i % dimension}); leave such vectors out.", parameter);
            }
        }
    }

    public static void CheckIds(ReadOnlySpan<long> ids, int count)
    {
        if (ids.Length != count)
        {
            throw new ArgumentException($"ids has {ids.Length} elements, expected one for each of the {count} vectors.", nameof(ids));
        }

        foreach (var id in ids)
        {
            if (id < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"ids has {id}; ids must be 0 or greater.");
            }
        }
    }

    /// <summary>Checks a block of queries; a message holds at most <paramref name="rows"/> of them.</summary>
    public static void CheckBlock(VectorBlock queries, int dimension, string owner, int rows)
    {
        if (queries is null)
        {
            throw new ArgumentException("A block of queries is null.", nameof(queries));
        }

        if (queries.Dimension != dimension)
        {
            throw new ArgumentException($"queries has a block of vectors of {queries.Dimension} components, but '{owner}' has {dimension}; use the model that its vectors were made with.", nameof(queries));
        }

        CheckVectors(queries.Values.Span, dimension, owner, nameof(queries));
        if (queries.Count > rows)
        {
            throw new ArgumentException($"queries has a block of {queries.Count} vectors; a message holds {rows} of them and their answers. Cut the block.", nameof(queries));
        }
    }
}
