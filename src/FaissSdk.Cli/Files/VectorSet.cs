using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Represents vectors in memory, row-major (n × d).</summary>
internal sealed record VectorSet(float[] Values, int Dimension)
{
    public int Count => Values.Length / Dimension;

    public ReadOnlySpan<float> Vector(int index) => Values.AsSpan(index * Dimension, Dimension);

    /// <summary>Allocates an array of n × d components.</summary>
    /// <exception cref="InvalidDataException">The vectors do not fit into one array; the message names the file.</exception>
    public static float[] Allocate(string path, long count, long dimension)
    {
        if (count > Array.MaxLength / dimension)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {count} vectors of dimension {dimension} have more than the {Array.MaxLength} components that fit into one array; use fewer vectors."));
        }

        return GC.AllocateUninitializedArray<float>((int)(count * dimension));
    }
}
