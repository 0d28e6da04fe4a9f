namespace FaissSdk;

/// <summary>Represents vectors that can be read any number of times, in blocks and always in the same order, and need not fit in memory.</summary>
/// <remarks>
/// Derive from this class to read vectors from anywhere else. Vectors of type <see cref="Half"/> or <see cref="byte"/> are converted block by block. Files are read instead of mapped: pages that are read do not belong to the process,
/// and a file that is truncated meanwhile is an exception instead of a signal.
/// </remarks>
public abstract class VectorSequence
{
    /// <summary>Initializes a source.</summary>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    protected VectorSequence(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        Dimension = dimension;
    }

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets the number of vectors, n, or <see langword="null"/> if only reading them shows it.</summary>
    public virtual long? Count => null;

    /// <summary>Returns the vectors of a file: <c>.fvecs</c>, <c>.bvecs</c>, <c>.fbin</c>, <c>.u8bin</c>, <c>.i8bin</c>, or a two-dimensional <c>.npy</c> array in C order of little-endian float32, float64, float16, uint8 or int8.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="ArgumentException">The extension is none of these.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The content is not that of such a file.</exception>
    public static VectorSequence FromFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new FileVectorSequence(path, VectorFileLayout.Of(path));
    }

    /// <summary>Returns vectors in memory.</summary>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentException">The length is not a multiple of <paramref name="dimension"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    public static VectorSequence FromMemory(ReadOnlyMemory<float> vectors, int dimension) => new MemoryVectorSequence<float>(vectors, dimension);

    /// <inheritdoc cref="FromMemory(ReadOnlyMemory{float}, int)"/>
    public static VectorSequence FromMemory(ReadOnlyMemory<Half> vectors, int dimension) => new MemoryVectorSequence<Half>(vectors, dimension);

    /// <inheritdoc cref="FromMemory(ReadOnlyMemory{float}, int)"/>
    public static VectorSequence FromMemory(ReadOnlyMemory<byte> vectors, int dimension) => new MemoryVectorSequence<byte>(vectors, dimension);

    /// <summary>Returns vectors that a function enumerates in blocks of any sizes.</summary>
    /// <param name="blocks">Starts a new enumeration of the same blocks (each n × d). A block is read before the next one is asked for.</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    public static VectorSequence FromBlocks(Func<IEnumerable<ReadOnlyMemory<float>>> blocks, int dimension) => new BlockVectorSequence<float>(blocks, dimension);

    /// <inheritdoc cref="FromBlocks(Func{IEnumerable{ReadOnlyMemory{float}}}, int)"/>
    public static VectorSequence FromBlocks(Func<IEnumerable<ReadOnlyMemory<Half>>> blocks, int dimension) => new BlockVectorSequence<Half>(blocks, dimension);

    /// <inheritdoc cref="FromBlocks(Func{IEnumerable{ReadOnlyMemory{float}}}, int)"/>
    public static VectorSequence FromBlocks(Func<IEnumerable<ReadOnlyMemory<byte>>> blocks, int dimension) => new BlockVectorSequence<byte>(blocks, dimension);

    /// <summary>Returns vectors that a function enumerates asynchronously in blocks of any sizes.</summary>
    /// <param name="blocks">Starts a new enumeration of the same blocks (each n × d). A block is read before the next one is asked for.</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> is 0 or negative.</exception>
    public static VectorSequence FromAsyncBlocks(Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<float>>> blocks, int dimension) => new AsyncBlockVectorSequence<float>(blocks, dimension);

    /// <inheritdoc cref="FromAsyncBlocks(Func{CancellationToken, IAsyncEnumerable{ReadOnlyMemory{float}}}, int)"/>
    public static VectorSequence FromAsyncBlocks(Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<Half>>> blocks, int dimension) => new AsyncBlockVectorSequence<Half>(blocks, dimension);

    /// <inheritdoc cref="FromAsyncBlocks(Func{CancellationToken, IAsyncEnumerable{ReadOnlyMemory{float}}}, int)"/>
    public static VectorSequence FromAsyncBlocks(Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> blocks, int dimension) => new AsyncBlockVectorSequence<byte>(blocks, dimension);

    /// <summary>Starts to read all vectors anew.</summary>
    /// <param name="cancellationToken">The token that ends waiting for vectors: a training that is canceled, or that fails before it has read all of them, cancels it.</param>
    public abstract VectorReader Open(CancellationToken cancellationToken);
}
