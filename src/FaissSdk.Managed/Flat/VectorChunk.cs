namespace FaissSdk;

/// <summary>Holds up to <see cref="MaxRows"/> vectors of a <see cref="VectorStore"/>.</summary>
internal sealed unsafe class VectorChunk
{
    /// <summary>The maximum number of vectors: a multiple of the width of a panel.</summary>
    public const int MaxRows = 2048;

    private readonly AlignedBuffer<byte> _rows;
    private readonly AlignedBuffer<float> _starts;

    /// <param name="capacity">The number of vectors that there is room for.</param>
    /// <param name="bytesPerRow">The number of bytes of a vector.</param>
    public VectorChunk(int capacity, int bytesPerRow)
    {
        Capacity = capacity;
        _rows = new AlignedBuffer<byte>((long)capacity * bytesPerRow);
        _starts = new AlignedBuffer<float>(capacity);
    }

    public int Capacity { get; }

    /// <summary>Gets the vectors as stored.</summary>
    public byte* Rows => _rows.Pointer;

    /// <summary>Gets −|c|²/2 of each vector.</summary>
    public float* Starts => _starts.Pointer;

    /// <summary>Gets or sets an upper bound of the |c|.</summary>
    public double MaxNorm { get; set; }

    /// <summary>Gets or sets the same vectors as integers, or null. Several searches may compute them at the same time.</summary>
    public QuantizedChunk? Quantized { get; set; }

    /// <summary>Copies the first vectors of another chunk.</summary>
    public void CopyFrom(VectorChunk other, int count, int bytesPerRow)
    {
        Buffer.MemoryCopy(other.Rows, Rows, (long)count * bytesPerRow, (long)count * bytesPerRow);
        new ReadOnlySpan<float>(other.Starts, count).CopyTo(new Span<float>(Starts, count));
        MaxNorm = other.MaxNorm;
    }

    /// <summary>Computes <see cref="MaxNorm"/> from the starts.</summary>
    public void UpdateMaxNorm(int count)
    {
        var least = 0f;
        for (var i = 0; i < count; i++)
        {
            least = Math.Min(least, Starts[i]);
        }

        MaxNorm = NormOf(least);
        Quantized = null;
    }

    /// <summary>Returns an upper bound of |c|, given −|c|²/2.</summary>
    public static double NormOf(float start) => Math.Sqrt(-2.0 * start) * (1 + 1e-6) + 1e-18;
}
