using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Files, streams, bytes and copies.</content>
public abstract unsafe partial class FaissIndex
{
    private static readonly OptionalFunction ReadCustomFunction = new(nameof(FaissNative.faiss_read_index_custom));
    private static readonly OptionalFunction WriteCustomFunction = new(nameof(FaissNative.faiss_write_index_custom));

    /// <summary>Reads an index from a file that <see cref="Save(string)"/> or any other program with FAISS has written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <returns>The index, of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or is a directory.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    /// <exception cref="FaissException">The file is truncated or holds no index that this FAISS version knows.</exception>
    public static FaissIndex Load(string path, IndexReadOptions options = IndexReadOptions.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);

        // .NET's own exceptions say best why a file cannot be read.
        File.OpenRead(path).Dispose();
        Interop.FaissIndex* read = null;
        fixed (byte* name = Utf8.ZeroTerminated(path, nameof(path)))
        {
            var code = FaissNative.faiss_read_index_fname((sbyte*)name, (int)options, &read);
            Status.ThrowIfFailed(code, $"'{path}' does not hold a whole index that this FAISS reads");
        }

        return Loaded(read, path, options);
    }

    /// <summary>Writes the index to a file; a reader sees the old file or the whole new one, and a failure leaves the old file whole.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written, or is a directory.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, and FAISS would not read this kind of index back.</exception>
    /// <exception cref="NotSupportedException">The index is mapped from its file.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index, or the disk is full.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ObjectDisposedException.ThrowIf(Handle.IsDisposed, this);
        CheckSavable();
        AtomicFile.Write(path, temporary => CFile.Write(temporary, stream =>
        {
            using var index = Handle.Acquire(this);
            Status.ThrowIfFailed(FaissNative.faiss_write_index(index.Pointer, (void*)stream));
        }));
    }

    /// <summary>Reads an index from a stream, from its position on.</summary>
    /// <param name="stream">The stream; what follows the index is left in it, except before FAISS 1.11.0 in a stream that cannot be positioned.</param>
    /// <param name="options">How it is read; <see cref="IndexReadOptions.Mmap"/> needs a file.</param>
    /// <returns>The index, of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentException"><paramref name="stream"/> cannot be read, or the lists were to be mapped.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    /// <exception cref="FaissException">The stream ends too early or holds no index that this FAISS version knows.</exception>
    public static FaissIndex Load(Stream stream, IndexReadOptions options = IndexReadOptions.None)
    {
        CheckNotMapped(options);
        var read = IndexStream.Read(
            stream,
            ReadCustomFunction,
            reader =>
            {
                Interop.FaissIndex* index = null;
                return (FaissNative.faiss_read_index_custom((FaissIOReader*)reader, (int)options, &index), (nint)index);
            },
            file =>
            {
                Interop.FaissIndex* index = null;
                return (FaissNative.faiss_read_index((void*)file, (int)options, &index), (nint)index);
            });
        return Loaded((Interop.FaissIndex*)read, "The stream", options);
    }

    /// <summary>Reads an index from memory.</summary>
    /// <param name="bytes">What <see cref="Serialize"/> gave, or the content of a file.</param>
    /// <param name="options">How it is read; <see cref="IndexReadOptions.Mmap"/> needs a file.</param>
    /// <returns>The index, of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentException">The lists were to be mapped.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    /// <exception cref="FaissException">The bytes end too early or hold no index that this FAISS version knows.</exception>
    public static FaissIndex Deserialize(ReadOnlyMemory<byte> bytes, IndexReadOptions options = IndexReadOptions.None)
    {
        CheckNotMapped(options);
        if (bytes.IsEmpty)
        {
            return Load(Stream.Null, options);
        }

        using var pinned = bytes.Pin();
        using var stream = new UnmanagedMemoryStream((byte*)pinned.Pointer, bytes.Length);
        return Load(stream, options);
    }

    /// <summary>Writes the index to a stream, at its position.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <param name="stream">The stream; what it throws is thrown on, and what was written until then is in it.</param>
    /// <exception cref="ArgumentException"><paramref name="stream"/> cannot be written.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, and FAISS would not read this kind of index back.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index.</exception>
    /// <exception cref="NotSupportedException">The index is mapped from its file.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(Stream stream)
    {
        using var index = Handle.Acquire(this);
        CheckSavable();
        var native = (nint)index.Pointer;
        IndexStream.Write(
            stream,
            WriteCustomFunction,
            writer => FaissNative.faiss_write_index_custom((Interop.FaissIndex*)native, (FaissIOWriter*)writer, 0),
            file => FaissNative.faiss_write_index((Interop.FaissIndex*)native, (void*)file));
    }

    /// <summary>Writes the index to memory.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <returns>What a file would hold.</returns>
    /// <exception cref="InvalidOperationException">The index is not trained, and FAISS would not read this kind of index back.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index.</exception>
    /// <exception cref="NotSupportedException">The index is mapped from its file.</exception>
    /// <exception cref="IOException">It is larger than an array.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public byte[] Serialize()
    {
        using var stream = new MemoryStream();
        Save(stream);
        return stream.ToArray();
    }

    /// <summary>Makes a copy that shares nothing with this index.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <returns>The copy, of the same type.</returns>
    /// <exception cref="FaissException">FAISS can neither copy nor write this kind of index.</exception>
    /// <exception cref="NotSupportedException">The index is mapped from its file.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public FaissIndex Clone()
    {
        using var index = Handle.Acquire(this);

        // FAISS copies and writes it as a plain flat index.
        if (this is IndexFlat1D numbers)
        {
            var copied = new IndexFlat1D();
            copied.Add(numbers.CopyVectors());
            return copied;
        }

        CheckSavable();

        // FAISS's own copy of other kinds shares parts with the original, or is of another kind.
        if (this is not (IndexFlat or IndexScalarQuantizer or IndexLSH))
        {
            var read = Deserialize(Serialize());
            read.Description = Description;
            return read;
        }

        Interop.FaissIndex* copy = null;
        Status.ThrowIfFailed(FaissNative.faiss_clone_index(index.Pointer, &copy));
        return IndexType.Wrap(copy, Description);
    }

    private static void CheckNotMapped(IndexReadOptions options)
    {
        if (options.HasFlag(IndexReadOptions.Mmap))
        {
            throw new ArgumentException("Only a file can be mapped.", nameof(options));
        }
    }

    private static FaissIndex Loaded(Interop.FaissIndex* read, string source, IndexReadOptions options)
    {
        // A file can hold nothing, and says so.
        if (read == null)
        {
            throw new FaissException($"{source} holds no index.");
        }

        var index = IndexType.Wrap(read, description: null);
        index._isMapped = options.HasFlag(IndexReadOptions.Mmap);
        index._isLoaded = true;
        return index;
    }

    // What some kinds write before they are trained cannot be read, or crashes where it is.
    private void CheckSavable()
    {
        if (this is IndexFlat1D)
        {
            throw new NotSupportedException("A file holds an IndexFlat1D as a plain flat index, whose distances are squared; save an IndexFlatL2 of dimension 1.");
        }

        using var index = Handle.Acquire(this);
        var isPlain = this is IndexScalarQuantizer or IndexLSH
            || ((this is IndexIVFFlat or IndexIVFScalarQuantizer) && FaissNative.faiss_IndexFlat_cast(FaissNative.faiss_IndexIVF_quantizer(index.Pointer)) != null);
        if (!isPlain)
        {
            CheckTrained(index.Pointer);
        }

        if (_isMapped)
        {
            throw new NotSupportedException("An index that is mapped from its file is not written again, for FAISS leaves its lists out; copy the file.");
        }
    }
}
