using System.Globalization;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Rejects vectors whose distance by a metric may be NaN: FAISS does not find them, or assigns them to a list that does not exist.</summary>
internal static class MetricDomain
{
    /// <summary>Checks vectors to train on, to add or to encode.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="inLists">Whether the vectors are compared with the centroids of inverted lists too, whose components may be anything between those of the vectors.</param>
    /// <param name="name">The name of the argument.</param>
    /// <param name="first">The number of the first vector in messages.</param>
    /// <param name="exponent">The exponent of <see cref="MetricType.Lp"/>, 0 if it is unknown.</param>
    /// <exception cref="ArgumentException">A vector has no distance to some others.</exception>
    public static void CheckStored(MetricType metric, ReadOnlySpan<float> vectors, int dimension, bool inLists, string name, int first = 0, float exponent = 0)
    {
        if (metric < MetricType.Lp || !KnownDefects.UndefinedDistances.IsPresent)
        {
            return;
        }

        switch (metric)
        {
            case MetricType.Lp when exponent > 0:
                CheckPowers(vectors, dimension, exponent, name, first);
                break;
            case MetricType.Jaccard:
                CheckNotNegative(vectors, dimension, name, first);
                break;
            case MetricType.NaNEuclidean:
                CheckPresent(vectors, dimension, name, first);
                break;
            case MetricType.Gower:
                CheckCategories(vectors, dimension, name, first);
                break;
            case MetricType.JensenShannon:
                CheckPositive(vectors, dimension, name, first);
                break;
            case MetricType.Canberra:
                CheckComponentsNotZero(vectors, dimension, name, first);
                break;
            case MetricType.BrayCurtis:
                CheckSums(vectors, dimension, inLists, name, first);
                break;
            default:
                break;
        }
    }

    /// <summary>Checks queries of vectors that passed <see cref="CheckStored"/>.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="inLists">Whether the queries are compared with the centroids of inverted lists too.</param>
    /// <param name="name">The name of the argument.</param>
    /// <param name="first">The number of the first vector in messages.</param>
    /// <param name="exponent">The exponent of <see cref="MetricType.Lp"/>, 0 if it is unknown.</param>
    /// <exception cref="ArgumentException">A query has no distance to some vectors.</exception>
    public static void CheckQueries(MetricType metric, ReadOnlySpan<float> queries, int dimension, bool inLists, string name, int first = 0, float exponent = 0)
    {
        // A query may have zeros, because no stored vector has them. A centroid can have zeros in the same places, and no distance from the query.
        if (metric >= MetricType.Lp && (metric is MetricType.Lp or >= MetricType.JensenShannon || inLists))
        {
            CheckStored(metric, queries, dimension, inLists, name, first, exponent);
        }
    }

    private static void CheckPositive(ReadOnlySpan<float> vectors, int dimension, string name, int first)
    {
        for (var i = 0; i < vectors.Length; i++)
        {
            if (!(vectors[i] > 0) || !float.IsFinite(vectors[i]))
            {
                throw Invalid(vectors[i], i, dimension, first, name, "JensenShannon compares positive numbers only; add a small number to all components, or use another metric");
            }
        }
    }

    // Within the bound, Σ |x − y|ᵖ of any two vectors is finite.
    private static void CheckPowers(ReadOnlySpan<float> vectors, int dimension, float exponent, string name, int first)
    {
        var bound = (float)Math.Min(float.MaxValue, Math.Pow(float.MaxValue / 2 / dimension, 1 / exponent) / 2);
        var beyond = vectors.IndexOfAnyExceptInRange(-bound, bound);
        if (beyond >= 0)
        {
            throw Invalid(vectors[beyond], beyond, dimension, first, name, string.Create(CultureInfo.InvariantCulture, $"Lp with exponent {exponent} adds the powers of {dimension} differences, which exceed a float beyond ±{bound:G3}; scale the vectors, or use a smaller exponent"));
        }
    }

    private static void CheckNotNegative(ReadOnlySpan<float> vectors, int dimension, string name, int first)
    {
        var beyond = vectors.IndexOfAnyExceptInRange(0f, float.MaxValue);
        if (beyond >= 0)
        {
            throw Invalid(vectors[beyond], beyond, dimension, first, name, "Jaccard compares numbers of 0 or more only; use another metric");
        }

        for (var start = 0; start < vectors.Length; start += dimension)
        {
            if (!vectors.Slice(start, dimension).ContainsAnyExcept(0f))
            {
                throw Invalid(0, start, dimension, first, name, "Jaccard divides by Σ max(x, y), and 0 / 0 is not a number for vectors of zeros; leave them out, or use another metric");
            }
        }
    }

    private static void CheckPresent(ReadOnlySpan<float> vectors, int dimension, string name, int first)
    {
        for (var start = 0; start < vectors.Length; start += dimension)
        {
            var present = false;
            for (var i = start; i < start + dimension; i++)
            {
                if (float.IsInfinity(vectors[i]))
                {
                    throw Invalid(vectors[i], i, dimension, first, name, "NaNEuclidean compares finite numbers, and NaN for what is unknown; replace the value by NaN");
                }

                present |= !float.IsNaN(vectors[i]);
            }

            if (!present)
            {
                throw Invalid(float.NaN, start, dimension, first, name, "NaNEuclidean needs a component that is not NaN; leave the vector out");
            }
        }
    }

    private static void CheckCategories(ReadOnlySpan<float> vectors, int dimension, string name, int first)
    {
        for (var start = 0; start < vectors.Length; start += dimension)
        {
            var present = false;
            for (var i = start; i < start + dimension; i++)
            {
                var value = vectors[i];
                present |= !float.IsNaN(value);
                if (!float.IsNaN(value) && value is not (>= 0 and <= 1) && !(value < 0 && float.IsInteger(value)))
                {
                    throw Invalid(value, i, dimension, first, name, "Gower compares numbers from 0 to 1, categories that are integers below 0, and NaN for what is unknown; divide numbers by their range");
                }
            }

            if (!present)
            {
                throw Invalid(float.NaN, start, dimension, first, name, "Gower needs a component that is not NaN; leave the vector out");
            }
        }
    }

    private static void CheckComponentsNotZero(ReadOnlySpan<float> vectors, int dimension, string name, int first)
    {
        var zero = vectors.IndexOf(0f);
        if (zero >= 0)
        {
            throw Invalid(vectors[zero], zero, dimension, first, name, "Canberra divides by |x| + |y|, and 0 / 0 is not a number; replace 0 by a small number, or use another metric");
        }
    }

    private static void CheckSums(ReadOnlySpan<float> vectors, int dimension, bool inLists, string name, int first)
    {
        for (var start = 0; start < vectors.Length; start += dimension)
        {
            var vector = vectors.Slice(start, dimension);
            if (!vector.ContainsAnyExcept(0f))
            {
                throw Invalid(0, start, dimension, first, name, "BrayCurtis divides by Σ |x + y|, and 0 / 0 is not a number for vectors of zeros; leave them out, or use another metric");
            }
        }

        var negative = inLists ? vectors.IndexOfAnyExceptInRange(0f, float.MaxValue) : -1;
        if (negative >= 0)
        {
            throw Invalid(vectors[negative], negative, dimension, first, name, "BrayCurtis divides by Σ |x + y|, which can be 0 for a vector and the centroid of an inverted list; use a flat index or HNSW for numbers below 0, or another metric");
        }
    }

    private static ArgumentException Invalid(float value, int position, int dimension, int first, string name, string reason) => new(
        string.Create(CultureInfo.InvariantCulture, $"{name} has {value} in vector {first + (position / dimension)}, component {position % dimension}; {reason}."),
        name);
}
