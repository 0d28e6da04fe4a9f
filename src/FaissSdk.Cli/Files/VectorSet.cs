using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Vectors in memory, row-major (n × d).</summary>
internal sealed record VectorSet(float[] Values, int Dimension)
{
    public int Count => Values.Length / Dimension;

    public ReadOnlySpan<float> Vector(int index) => Values.AsSpan(index * Dimension, Dimension);

    /// <summary>Memory for n × d components, or an error that names the file they would come from.</summary>
    public static float[] Allocate(string path, long count, long dimension)
    {
        if (count > Array.MaxLength / dimension)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {count} vectors of dimension {dimension} are more than the {Array.MaxLength} components that fit into one array."));
        }

        return GC.AllocateUninitializedArray<float>((int)(count * dimension));
    }
}
