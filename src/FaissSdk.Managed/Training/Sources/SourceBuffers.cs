namespace FaissSdk;

/// <summary>Holds the memory of the chunks that a source is read in.</summary>
internal sealed class SourceBuffers
{
    private const int ChunkBytes = 16 << 20;
    private const int SuitableRows = 32 * SourcePass.GroupRows;
    private const int MinRows = 8 * SourcePass.GroupRows;

    // Long vectors are read in smaller chunks, of at most this many components, or of GroupRows vectors.
    private const int MaxChunkLength = 1 << 28;

    /// <summary>The most components of a vector of which an array holds the smallest chunk.</summary>
    public const int MaxDimension = int.MaxValue / SourcePass.GroupRows;

    /// <param name="dimension">The number of components, d.</param>
    /// <param name="rows">The number of vectors of a chunk, a multiple of <see cref="SourcePass.GroupRows"/>.</param>
    public SourceBuffers(int dimension, int rows)
    {
        Rows = rows;
        Chunks = [GC.AllocateUninitializedArray<float>(checked(rows * dimension)), GC.AllocateUninitializedArray<float>(checked(rows * dimension))];
        Norms = new float[rows];
        Labels = new int[rows];
        Distances = new float[rows];
        Checksums = new ulong[rows / SourcePass.GroupRows];
    }

    public int Rows { get; }

    public float[][] Chunks { get; }

    public float[] Norms { get; }

    public int[] Labels { get; }

    public float[] Distances { get; }

    public ulong[] Checksums { get; }

    /// <summary>Returns the number of vectors of a chunk that suits the source: enough to choose among search methods and to divide among threads.</summary>
    public static int RowsFor(VectorSequence source)
    {
        var rows = Math.Max(SuitableRows, ChunkBytes / sizeof(float) / source.Dimension);
        var most = Math.Max(SourcePass.GroupRows, MaxChunkLength / source.Dimension / SourcePass.GroupRows * SourcePass.GroupRows);
        return Math.Min(most, RoundUp((int)Math.Min(rows, Math.Max(1, source.Count ?? int.MaxValue))));
    }

    /// <summary>Returns the fewest vectors that a chunk can have.</summary>
    public static int MinRowsFor(VectorSequence source) => Math.Min(MinRows, RowsFor(source));

    /// <summary>Returns the size of the buffers.</summary>
    public static long BytesOf(int dimension, long rows) => rows * ((8L * dimension) + 12);

    private static int RoundUp(int rows) => (rows + SourcePass.GroupRows - 1) / SourcePass.GroupRows * SourcePass.GroupRows;
}
