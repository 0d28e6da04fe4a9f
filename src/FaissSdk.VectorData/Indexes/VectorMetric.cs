using System.Numerics.Tensors;
using Microsoft.Extensions.VectorData;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Compares vectors by FAISS's metric, and converts its values to scores of the distance function.</summary>
internal sealed class VectorMetric
{
    private readonly Func<float, double> _score;

    private VectorMetric(string name, MetricType type, bool normalizes, bool largerIsNearer, Func<float, double> score)
    {
        Name = name;
        Type = type;
        Normalizes = normalizes;
        ScoreGrows = largerIsNearer;
        _score = score;
    }

    /// <summary>Gets the name of the distance function.</summary>
    public string Name { get; }

    public MetricType Type { get; }

    /// <summary>Gets a value indicating whether vectors are scaled to length 1.</summary>
    public bool Normalizes { get; }

    /// <summary>Gets a value indicating whether a larger score means nearer.</summary>
    public bool ScoreGrows { get; }

    /// <summary>Gets a value indicating whether a larger value of FAISS means nearer.</summary>
    public bool ValueGrows => Type == MetricType.InnerProduct;

    public static VectorMetric Create(string property, string? distanceFunction) => distanceFunction switch
    {
        null or DistanceFunction.CosineSimilarity => new(DistanceFunction.CosineSimilarity, MetricType.InnerProduct, true, true, value => value),
        DistanceFunction.CosineDistance => new(distanceFunction, MetricType.InnerProduct, true, false, value => 1.0 - value),
        DistanceFunction.DotProductSimilarity => new(distanceFunction, MetricType.InnerProduct, false, true, value => value),
        DistanceFunction.NegativeDotProductSimilarity => new(distanceFunction, MetricType.InnerProduct, false, false, value => -value),
        DistanceFunction.EuclideanDistance => new(distanceFunction, MetricType.L2, false, false, value => Math.Sqrt(Math.Max(value, 0))),
        DistanceFunction.EuclideanSquaredDistance => new(distanceFunction, MetricType.L2, false, false, value => value),
        DistanceFunction.ManhattanDistance => new(distanceFunction, MetricType.L1, false, false, value => value),
        _ => throw new NotSupportedException($"The vector property '{property}' has the distance function '{distanceFunction}'. Supported are CosineSimilarity, CosineDistance, DotProductSimilarity, NegativeDotProductSimilarity, EuclideanDistance, EuclideanSquaredDistance and ManhattanDistance."),
    };

    public double Score(float value) => _score(value);

    public bool Reaches(double score, double threshold) => ScoreGrows ? score >= threshold : score <= threshold;

    /// <summary>Compares prepared vectors as FAISS does.</summary>
    public float Compare(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => Compare(Type, x, y);

    /// <inheritdoc cref="Compare(ReadOnlySpan{float}, ReadOnlySpan{float})"/>
    public static float Compare(MetricType type, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        if (type == MetricType.InnerProduct)
        {
            return TensorPrimitives.Dot(x, y);
        }

        if (type == MetricType.L2)
        {
            return Squared(x, y);
        }

        float sum = 0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += Math.Abs(x[i] - y[i]);
        }

        return sum;
    }

    /// <summary>Compares a prepared query with a stored vector, to the bit as with the same vector in memory.</summary>
    /// <param name="query">The prepared query.</param>
    /// <param name="stored">The stored vector.</param>
    /// <param name="scratch">Memory for a vector.</param>
    public float CompareStored(ReadOnlySpan<float> query, ReadOnlySpan<float> stored, Span<float> scratch)
    {
        if (!Normalizes)
        {
            return Compare(query, stored);
        }

        Prepare(stored, scratch);
        return Compare(query, scratch);
    }

    /// <summary>Prepares a vector for comparisons.</summary>
    public void Prepare(ReadOnlySpan<float> vector, Span<float> prepared)
    {
        if (Normalizes)
        {
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm(vector), prepared);
        }
        else
        {
            vector.CopyTo(prepared);
        }
    }

    // Squaring a rounded root does not restore the sum: √6² gives 6.0000005.
    private static unsafe float Squared(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        fixed (float* first = x, second = y)
        {
            return ExactDistance.Squared(first, second, x.Length);
        }
    }
}
