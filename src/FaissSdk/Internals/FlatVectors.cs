using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Shows the vectors of a flat index in its memory (FAISS: <c>IndexFlat</c>).</summary>
/// <remarks>
/// Until it is disposed, the index stays alive, and calls that change it throw an <see cref="InvalidOperationException"/>. Do not use
/// its spans afterwards. Vectors are numbered in the order of their addition, whatever ids an ID map gives them.
/// </remarks>
public sealed unsafe class FlatVectors : IDisposable
{
    private readonly NativeHandle.ReadLease _lease;
    private readonly float* _vectors;

    private FlatVectors(NativeHandle.ReadLease lease, NativeIndex* flat)
    {
        float* vectors;
        nuint size;
        FaissNative.faiss_IndexFlat_xb(flat, &vectors, &size);
        _lease = lease;
        _vectors = vectors;
        Dimension = FaissNative.faiss_Index_d(flat);
        Count = (int)(size / (nuint)Dimension);
    }

    /// <summary>Gets the number of vectors.</summary>
    public int Count { get; }

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets a vector (d).</summary>
    /// <param name="vector">The number of the vector, from 0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such vector.</exception>
    /// <exception cref="ObjectDisposedException">This object is disposed.</exception>
    public ReadOnlySpan<float> this[int vector]
    {
        get
        {
            _lease.Check(this);
            ArgumentOutOfRangeException.ThrowIfNegative(vector);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(vector, Count);
            return new ReadOnlySpan<float>(_vectors + ((long)vector * Dimension), Dimension);
        }
    }

    /// <summary>Shows the vectors of the first flat index among an index and its parts: the storage of a graph, the centroids of a quantizer.</summary>
    /// <param name="index">The index.</param>
    /// <returns>The vectors, to be disposed.</returns>
    /// <exception cref="NotSupportedException">No part of the index is flat, or it stores the levels of vectors one after the other.</exception>
    /// <exception cref="InvalidOperationException">A call of another thread changes the index.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public static FlatVectors Of(FaissIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        var lease = index.Handle.BeginLease(index, nameof(FlatVectors));
        try
        {
            var part = index.Parts.All.FirstOrDefault(part => part.IsFlat && !part.IsBinary && part.Object != 0)
                ?? throw new NotSupportedException($"This {index.GetType().Name} has no flat index, nor has a part of it that the loaded library shows.");
            return part.StoresLevels
                ? throw new NotSupportedException($"The {part.Class} stores the levels of its vectors one after the other: use {nameof(FaissIndex.Reconstruct)}.")
                : new FlatVectors(lease, (NativeIndex*)part.Object);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Ends the use of the index's memory.</summary>
    public void Dispose() => _lease.Dispose();
}
