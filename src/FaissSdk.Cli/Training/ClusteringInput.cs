using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk.Cli;

/// <summary>Checks the vectors of a file before a training, so that messages name the file and the option.</summary>
internal static class ClusteringInput
{
    /// <param name="points">The vectors read.</param>
    /// <param name="path">The file they were read from.</param>
    /// <param name="clusters">The number of clusters.</param>
    /// <exception cref="UsageException">There are fewer vectors than clusters.</exception>
    /// <exception cref="InvalidDataException">A component is NaN or infinite.</exception>
    public static void Check(VectorSet points, string path, int clusters)
    {
        if (points.Count < clusters)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--clusters is {clusters}, but {path} has only {points.Count} vectors; ask for at most {points.Count} clusters."));
        }

        if (TensorPrimitives.IsFiniteAll<float>(points.Values))
        {
            return;
        }

        var position = Array.FindIndex(points.Values, component => !float.IsFinite(component));
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"{path}: component {position % points.Dimension} of vector {position / points.Dimension} (both counted from 0) is {points.Values[position]}; k-means needs finite numbers, so replace it or remove the vector."));
    }
}
