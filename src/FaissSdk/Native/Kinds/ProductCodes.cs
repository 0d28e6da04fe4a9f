using System.Globalization;

namespace FaissSdk.Native;

/// <summary>Checks the numbers of product quantizers, and names them as factory strings do.</summary>
internal static class ProductCodes
{
    public const int DefaultBits = 8;

    /// <summary>Throws if the numbers do not fit the dimension or the memory of the machine.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="subquantizers">The number of parts of a vector.</param>
    /// <param name="nBits">The number of bits of the code of a part.</param>
    /// <param name="parameter">The parameter that names the number of parts.</param>
    public static void Check(int dimension, int subquantizers, int nBits, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(subquantizers, parameter);
        if (dimension % subquantizers != 0)
        {
            throw new ArgumentException($"{parameter} is {subquantizers}, which does not divide the dimension {dimension}; a vector is divided into parts of equal size.", parameter);
        }

        CheckBits(nBits, nameof(nBits));
        MemoryLimit.Check(dimension, sizeof(float) << nBits, $"There would be {1L << nBits} centroids of {dimension} components", nameof(nBits));
    }

    /// <summary>Throws if a code has too few or too many bits.</summary>
    public static void CheckBits(int bits, string parameter)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bits, parameter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, FactorySizes.MaxBits, parameter);
    }

    /// <summary>Returns the codes as a part of a factory string.</summary>
    public static string Describe(int subquantizers, int nBits) => string.Create(CultureInfo.InvariantCulture, $"PQ{subquantizers}") + (nBits == DefaultBits ? "" : string.Create(CultureInfo.InvariantCulture, $"x{nBits}"));
}
