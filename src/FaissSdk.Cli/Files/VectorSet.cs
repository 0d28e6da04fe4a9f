using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>Represents vectors in memory, row-major (n × d).</summary>
internal sealed record VectorSet(float[] Values, int Dimension)
{
    public int Count => Values.Length / Dimension;

    public ReadOnlySpan<float> Vector(int index) => Values.AsSpan(index * Dimension, Dimension);

    /// <summary>Checks that n × d components fit into one array.</summary>
    /// <exception cref="InvalidDataException">The components do not fit; the message names the file.</exception>
    public static void CheckSize(string file, long count, long dimension)
    {
        if (count > Array.MaxLength / dimension)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{file}: {count} vectors of dimension {dimension} have more than the {Array.MaxLength} components that fit into one array; use fewer vectors."));
        }
    }

    /// <summary>Checks the vectors of a file before a training, so that messages name the file and the option.</summary>
    /// <param name="file">The file they were read from.</param>
    /// <param name="clusters">The number of clusters.</param>
    /// <exception cref="UsageException">There are fewer vectors than clusters.</exception>
    /// <exception cref="InvalidDataException">A component is NaN or infinite.</exception>
    public void CheckClusterable(VectorSource file, int clusters)
    {
        if (Count < clusters)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--clusters is {clusters}, but {file} has only {Count} vectors; ask for at most {Count} clusters."));
        }

        if (TensorPrimitives.IsFiniteAll<float>(Values))
        {
            return;
        }

        var position = Array.FindIndex(Values, component => !float.IsFinite(component));
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"{file}: component {position % Dimension} of vector {position / Dimension} (both counted from 0) is {Values[position]}; k-means needs finite numbers, so replace it or remove the vector."));
    }
}
