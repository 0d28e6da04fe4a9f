using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>Finds the members whose vectors have the largest inner product with the query.</summary>
internal static class MemberSearch
{
    public static Neighbor[] Native(VectorSet vectors, ReadOnlySpan<float> query, int count)
    {
        using var index = new IndexFlatIP(vectors.Dimension);
        index.Add(vectors.Values);
        var distances = new float[count];
        var labels = new long[count];
        index.Search(query, count, distances, labels);
        return [.. labels.Zip(distances, (label, distance) => new Neighbor(label, distance)).Where(neighbor => neighbor.Id >= 0)];
    }

    public static Neighbor[] Managed(VectorSet vectors, ReadOnlySpan<float> query, int count)
    {
        var neighbors = new Neighbor[vectors.Count];
        for (var i = 0; i < neighbors.Length; i++)
        {
            neighbors[i] = new Neighbor(i, TensorPrimitives.Dot(vectors.Values.AsSpan(i * vectors.Dimension, vectors.Dimension), query));
        }

        return [.. neighbors.OrderByDescending(neighbor => neighbor.Distance).ThenBy(neighbor => neighbor.Id).Take(count)];
    }
}
