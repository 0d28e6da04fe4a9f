namespace FaissSdk.Cli;

/// <summary>Draws the vectors that an index is trained with.</summary>
internal static class BuildSample
{
    private const int BlockBytes = 4 << 20;

    /// <summary>Returns all vectors, or some of them in the order in which they were drawn.</summary>
    /// <param name="input">The vectors.</param>
    /// <param name="length">The number of vectors to return.</param>
    /// <param name="seed">The seed of the drawing.</param>
    /// <param name="cancellationToken">Checked before each block.</param>
    public static float[] Take(BuildInput input, int length, int seed, CancellationToken cancellationToken)
    {
        if (length == input.Count && input.Whole is { } whole)
        {
            return whole.Values;
        }

        VectorSet.CheckSize("the sample", length, input.Dimension);
        var rows = length == input.Count ? null : RandomSample.SubsampleRows(input.Count, length, seed);
        var places = Enumerable.Range(0, length).ToArray();
        var sorted = rows is null ? places : (int[])rows.Clone();
        if (rows is not null)
        {
            Array.Sort(sorted, places);
        }

        var dimension = input.Dimension;
        var sample = new float[length * dimension];
        var buffer = new float[(int)Math.Max(1, BlockBytes / input.RowBytes) * dimension];
        using var reader = input.Vectors.Open(cancellationToken);
        var (start, next) = (0, 0);
        while (next < length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = start + Fill(reader, buffer, dimension);
            if (end == start)
            {
                throw new EndOfStreamException("The vectors end before the last one that was drawn; the file became shorter while it was read.");
            }

            for (; next < length && sorted[next] < end; next++)
            {
                buffer.AsSpan((sorted[next] - start) * dimension, dimension).CopyTo(sample.AsSpan(places[next] * dimension));
            }

            start = end;
        }

        return sample;
    }

    /// <summary>Reads vectors until a buffer is full, or there are none left.</summary>
    /// <returns>The number of vectors.</returns>
    public static int Fill(VectorReader reader, Span<float> buffer, int dimension)
    {
        var filled = 0;
        while (filled < buffer.Length && reader.Read(buffer[filled..]) is var read and > 0)
        {
            filled += read * dimension;
        }

        return filled / dimension;
    }
}
