using System.Numerics.Tensors;
using FaissSdk.Cli;

namespace FaissSdk.Benchmarks;

/// <summary>Creates vectors of unit length that stand in for embeddings of a model: weighted words, projected onto the directions in which they vary most.</summary>
/// <remarks>
/// The subspace is that of the truncated singular value decomposition, found by randomized subspace iteration (N. Halko, P. G. Martinsson
/// and J. A. Tropp, SIAM Review 2011). Its basis is arbitrary: distances do not depend on it, and the components of a model are not principal ones either.
/// </remarks>
internal static class FallingSpectrum
{
    public const int Dimension = 384;

    private const int Iterations = 3;

    /// <summary>Creates a vector for each text (n × d); it is zero if the text has no word.</summary>
    public static float[] Create(IReadOnlyList<string> texts)
    {
        List<string>[] words = [.. texts.Select(Words.Split)];
        var model = new TfIdf(words, Dimension);
        var rows = Array.ConvertAll(words, model.Weigh);
        var basis = new float[model.TermCount * Dimension];
        var random = new Random(3);
        for (var i = 0; i < basis.Length; i++)
        {
            basis[i] = random.NextSingle() - 0.5f;
        }

        Orthonormalize(basis);
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            basis = ProjectBack(rows, Project(rows, basis), model.TermCount);
            Orthonormalize(basis);
        }

        var vectors = Project(rows, basis);
        for (var i = 0; i < rows.Length; i++)
        {
            var vector = vectors.AsSpan(i * Dimension, Dimension);
            TensorPrimitives.Divide(vector, Math.Max(1e-6f, TensorPrimitives.Norm<float>(vector)), vector);
        }

        return vectors;
    }

    /// <summary>Multiplies the texts (n × terms) by the basis (terms × d).</summary>
    private static float[] Project((int Term, float Weight)[][] rows, float[] basis)
    {
        var result = new float[rows.Length * Dimension];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = result.AsSpan(i * Dimension, Dimension);
            foreach (var (term, weight) in rows[i])
            {
                TensorPrimitives.MultiplyAdd(basis.AsSpan(term * Dimension, Dimension), weight, row, row);
            }
        }

        return result;
    }

    /// <summary>Multiplies the transposed texts (terms × n) by their projections (n × d).</summary>
    private static float[] ProjectBack((int Term, float Weight)[][] rows, float[] projections, int terms)
    {
        var result = new float[terms * Dimension];
        for (var i = 0; i < rows.Length; i++)
        {
            foreach (var (term, weight) in rows[i])
            {
                var row = result.AsSpan(term * Dimension, Dimension);
                TensorPrimitives.MultiplyAdd(projections.AsSpan(i * Dimension, Dimension), weight, row, row);
            }
        }

        return result;
    }

    /// <summary>Orthonormalizes the columns by modified Gram–Schmidt.</summary>
    private static void Orthonormalize(float[] basis)
    {
        var length = basis.Length / Dimension;
        var columns = new float[Dimension][];
        for (var j = 0; j < Dimension; j++)
        {
            var column = new float[length];
            for (var i = 0; i < length; i++)
            {
                column[i] = basis[(i * Dimension) + j];
            }

            foreach (var before in columns.AsSpan(0, j))
            {
                TensorPrimitives.MultiplyAdd(before, -TensorPrimitives.Dot<float>(before, column), column, column);
            }

            TensorPrimitives.Divide(column, TensorPrimitives.Norm<float>(column), column);
            columns[j] = column;
        }

        for (var j = 0; j < Dimension; j++)
        {
            for (var i = 0; i < length; i++)
            {
                basis[(i * Dimension) + j] = columns[j][i];
            }
        }
    }
}
