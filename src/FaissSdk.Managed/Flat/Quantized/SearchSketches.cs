namespace FaissSdk;

/// <summary>Holds the directions in which the vectors of a <see cref="VectorStore"/> vary most, and clusters of their coordinates.</summary>
/// <param name="Directions">The directions.</param>
/// <param name="Clusters">The clusters of coordinates, each followed by the length of the residual.</param>
internal sealed record SearchSketches(Projection Directions, KMeansResult Clusters)
{
    /// <summary>Gets the number of components of a sketch: the coordinates, and the length of the residual.</summary>
    public int Components => Directions.Directions + 1;

    /// <summary>Computes the sketches of vectors, one after another.</summary>
    /// <param name="directions">The directions.</param>
    /// <param name="vectors">The vectors (n × d).</param>
    /// <param name="count">The number of vectors, n.</param>
    public static unsafe float[] Of(Projection directions, float* vectors, int count)
    {
        var components = directions.Directions + 1;
        var sketches = GC.AllocateUninitializedArray<float>(count * components);
        var tile = stackalloc float[Projection.Rows * directions.Stride];
        var rows = stackalloc float*[Projection.Rows];
        double* norms = stackalloc double[Projection.Rows], lengths = stackalloc double[Projection.Rows];
        for (var first = 0; first < count; first += Projection.Rows)
        {
            var some = Math.Min(Projection.Rows, count - first);
            for (var i = 0; i < Projection.Rows; i++)
            {
                rows[i] = vectors + ((long)(first + Math.Min(i, some - 1)) * directions.Dimension);
                norms[i] = Projection.Dot(rows[i], rows[i], directions.Dimension);
            }

            directions.Project(rows, norms, tile, lengths);
            for (var i = 0; i < some; i++)
            {
                new ReadOnlySpan<float>(tile + (i * directions.Stride), components).CopyTo(sketches.AsSpan((first + i) * components));
            }
        }

        return sketches;
    }
}
