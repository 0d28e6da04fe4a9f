namespace FaissSdk;

/// <content>Reading and writing files of FAISS.</content>
public sealed partial class ManagedFlatIndex
{
    /// <summary>Reads an index from a file that FAISS or this class wrote: <c>IndexFlat</c> by L2 or inner product, <c>IndexScalarQuantizer</c> of 16-bit floating point or of bytes, or an ID map of one of them.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>The index.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, ends early or has a vector that is not finite.</exception>
    /// <exception cref="NotSupportedException">The file contains an index of another kind.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ManagedFlatIndex Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = ReadableFile.Open(path);
        return Load(stream, $"'{path}'", normalizes: false);
    }

    /// <summary>Reads an index from a stream, from its position on.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>The index.</returns>
    /// <exception cref="InvalidDataException">The stream is damaged, ends early or has a vector that is not finite.</exception>
    /// <exception cref="NotSupportedException">The stream contains an index of another kind.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public static ManagedFlatIndex Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(stream, "The stream", normalizes: false);
    }

    /// <summary>Reads an inner-product index of vectors of length 1 as one that scales further vectors and queries to length 1.</summary>
    /// <param name="path">The path of a file, such as one that an index of <see cref="CreateCosine"/> saved.</param>
    /// <returns>The index.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, ends early, or has a vector that is not finite or not of length 1.</exception>
    /// <exception cref="NotSupportedException">The file contains an index of another kind.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ManagedFlatIndex LoadCosine(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = ReadableFile.Open(path);
        return Load(stream, $"'{path}'", normalizes: true);
    }

    /// <inheritdoc/>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _guard.BeginRead(nameof(Save));
        try
        {
            AtomicFile.Write(path, temporary =>
            {
                using var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write);
                FlatFile.Write(stream, Metric, _store, _ids);
            });
        }
        finally
        {
            _guard.EndRead();
        }
    }

    /// <inheritdoc/>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _guard.BeginRead(nameof(Save));
        try
        {
            FlatFile.Write(stream, Metric, _store, _ids);
        }
        finally
        {
            _guard.EndRead();
        }
    }

    private static ManagedFlatIndex Load(Stream stream, string source, bool normalizes)
    {
        var (metric, store, ids) = new FlatFile(stream, source).Read();
        if (normalizes && metric != MetricType.InnerProduct)
        {
            throw new NotSupportedException($"{source} contains an index by {metric}; an index by cosine is one by {nameof(MetricType.InnerProduct)} of vectors of length 1.");
        }

        if (normalizes)
        {
            CheckLengths(store, source);
        }

        return new ManagedFlatIndex(store.Dimension, metric, store.Storage, normalizes) { _store = store, _ids = ids };
    }

    private static unsafe void CheckLengths(VectorStore store, string source)
    {
        for (var row = 0; row < store.Count; row++)
        {
            var length = Math.Sqrt(-2.0 * store[row / VectorChunk.MaxRows].Starts[row % VectorChunk.MaxRows]);
            if (Math.Abs(length - 1) > 1e-2)
            {
                throw new InvalidDataException(FormattableString.Invariant($"{source} has vector {row} of length {length:G3}; an index by cosine has vectors of length 1. Load it with {nameof(Load)}, or add the vectors to a new index."));
            }
        }
    }
}
