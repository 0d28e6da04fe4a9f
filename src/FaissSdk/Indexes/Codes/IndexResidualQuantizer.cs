using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents an index that stores a vector as the numbers of centroids whose sum approximates it, where each step encodes the residual of the previous steps (FAISS: <c>IndexResidualQuantizer</c>; factory string <c>RQ8x8</c>).</summary>
public sealed class IndexResidualQuantizer : FaissIndex
{
    private const int MaxBeam = 1 << 12;

    /// <summary>Initializes a new instance without vectors, which has to be trained.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="m">The number of steps, M, at most 4,096.</param>
    /// <param name="nBits">The number of bits of the code of a step, from 1 to 24.</param>
    /// <param name="metric">The metric.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> or <paramref name="m"/> is 0 or negative, <paramref name="m"/> is greater than 4,096, <paramref name="nBits"/> is less than 1, greater than 24 or too large for the memory of the machine, or <paramref name="metric"/> is not L2 or inner product.</exception>
    /// <exception cref="FaissException">The code of a vector has more bits than FAISS can store.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IndexResidualQuantizer(int dimension, int m, int nBits = ProductCodes.DefaultBits, MetricType metric = MetricType.L2)
        : base(New(dimension, m, nBits, metric), Describe(m, nBits))
    {
    }

    internal IndexResidualQuantizer(IndexHandle handle, string? description)
        : base(handle, description)
    {
    }

    /// <summary>Gets the number of steps, M.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int M => (int)ReadSetting(IndexSetting.Subquantizers);

    /// <summary>Gets the number of bits of the code of the first step; of all steps, unless a factory string gives each its own.</summary>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int NBits => (int)ReadSetting(IndexSetting.CodeBits);

    /// <summary>Gets or sets the number of codes that each step keeps when the index is trained and vectors are encoded (FAISS: <c>max_beam_size</c>; 5 by default). More give better codes in more time.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1 or greater than 4,096.</exception>
    /// <exception cref="NotSupportedException">The library was not built with FaissSdk's functions.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int MaxBeamSize
    {
        get => (int)ReadSetting(IndexSetting.BeamSize);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxBeam);
            WriteSetting(IndexSetting.BeamSize, value);
        }
    }

    private static string Describe(int m, int nBits) => FormattableString.Invariant($"RQ{m}x{nBits}");

    private static IndexHandle New(int dimension, int m, int nBits, MetricType metric)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(m);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(m, FactorySizes.MaxSteps);
        ProductCodes.CheckBits(nBits, nameof(nBits));
        MemoryLimit.Check((long)m * dimension, sizeof(float) << nBits, $"There would be {m} × {1L << nBits} centroids of {dimension} components", nameof(nBits));
        if (metric is not (MetricType.L2 or MetricType.InnerProduct))
        {
            throw new ArgumentOutOfRangeException(nameof(metric), metric, "Residual quantizers compare by L2 or inner product.");
        }

        return IndexCreation.FromFactory(dimension, Describe(m, nBits), metric);
    }
}
