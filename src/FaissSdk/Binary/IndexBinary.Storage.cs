using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Files, streams and bytes.</content>
public abstract unsafe partial class IndexBinary
{
    private static readonly OptionalFunction ReadCustomFunction = new(nameof(FaissNative.faiss_read_index_binary_custom));
    private static readonly OptionalFunction WriteCustomFunction = new(nameof(FaissNative.faiss_write_index_binary_custom));

    private const IndexReadOptions AllOptions =
        IndexReadOptions.ReadOnly | IndexReadOptions.OnDiskSameDirectory | IndexReadOptions.SkipPrecomputedTable | IndexReadOptions.Mmap;

    private bool IsMapped => Kind.MayHoldLists && (_options & IndexReadOptions.Mmap) != 0;

    /// <summary>Reads an index from a file that <see cref="Save(string)"/> or any other program with FAISS has written.</summary>
    /// <param name="path">The file; its content is trusted.</param>
    /// <param name="options">How it is read; inverted lists read with <see cref="IndexReadOptions.ReadOnly"/> or <see cref="IndexReadOptions.Mmap"/> cannot be changed.</param>
    /// <returns>The index, of the most specific type there is for it in the loaded FAISS version.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> has a flag that is none, or a part of one.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be read, or is a directory.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    /// <exception cref="FaissException">The file is truncated or holds no binary index that this FAISS version knows.</exception>
    public static IndexBinary Load(string path, IndexReadOptions options = IndexReadOptions.None)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckOptions(options);

        // .NET's own exceptions say best why a file cannot be read.
        File.OpenRead(path).Dispose();
        FaissIndexBinary* read = null;
        fixed (byte* name = Utf8.ZeroTerminated(path, nameof(path)))
        {
            var code = FaissNative.faiss_read_index_binary_fname((sbyte*)name, (int)options, &read);
            Status.ThrowIfFailed(code, $"'{path}' does not hold a whole binary index that this FAISS reads");
        }

        return read != null ? BinaryIndexType.Wrap(read, options) : throw new FaissException($"'{path}' holds no index.");
    }

    /// <summary>Writes the index to a file; a reader sees the old file or the whole new one, and a failure leaves the old file whole.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <param name="path">The file.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">The inverted lists are mapped from a file, which FAISS would refer to without its name.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be written, or is a directory.</exception>
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
            Status.ThrowIfFailed(FaissNative.faiss_write_index_binary(index.Pointer, (void*)stream));
        }));
    }

    /// <summary>Reads an index from a stream, from its position on.</summary>
    /// <param name="stream">The stream, whose content is trusted; what follows the index is left in it, except before FAISS 1.11.0 in a stream that cannot be positioned.</param>
    /// <param name="options">How it is read; <see cref="IndexReadOptions.Mmap"/> needs a file.</param>
    /// <returns>The index, of the most specific type there is for it in the loaded FAISS version.</returns>
    /// <exception cref="ArgumentException"><paramref name="stream"/> cannot be read, or the lists were to be mapped.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> has a flag that is none.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    /// <exception cref="FaissException">The stream ends too early or holds no binary index that this FAISS version knows.</exception>
    public static IndexBinary Load(Stream stream, IndexReadOptions options = IndexReadOptions.None)
    {
        CheckOptions(options);
        if ((options & IndexReadOptions.Mmap) != 0)
        {
            throw new ArgumentException("Only a file can be mapped.", nameof(options));
        }

        var read = IndexStream.Read(
            stream,
            ReadCustomFunction,
            reader =>
            {
                FaissIndexBinary* index = null;
                return (FaissNative.faiss_read_index_binary_custom((FaissIOReader*)reader, (int)options, &index), (nint)index);
            },
            file =>
            {
                FaissIndexBinary* index = null;
                return (FaissNative.faiss_read_index_binary((void*)file, (int)options, &index), (nint)index);
            });
        return read != 0 ? BinaryIndexType.Wrap((FaissIndexBinary*)read, options) : throw new FaissException("The stream holds no index.");
    }

    /// <summary>Reads an index from memory.</summary>
    /// <param name="bytes">What <see cref="Serialize"/> gave, or the content of a file.</param>
    /// <param name="options">How it is read; <see cref="IndexReadOptions.Mmap"/> needs a file.</param>
    /// <returns>The index, of the most specific type there is for it in the loaded FAISS version.</returns>
    /// <exception cref="ArgumentException">The lists were to be mapped.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> has a flag that is none.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    /// <exception cref="FaissException">The bytes end too early or hold no binary index that this FAISS version knows.</exception>
    public static IndexBinary Deserialize(ReadOnlyMemory<byte> bytes, IndexReadOptions options = IndexReadOptions.None)
    {
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
    /// <exception cref="InvalidOperationException">The inverted lists are mapped from a file.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(Stream stream)
    {
        using var index = Handle.Acquire(this);
        CheckSavable();
        var native = (nint)index.Pointer;
        IndexStream.Write(
            stream,
            WriteCustomFunction,
            writer => FaissNative.faiss_write_index_binary_custom((FaissIndexBinary*)native, (FaissIOWriter*)writer),
            file => FaissNative.faiss_write_index_binary((FaissIndexBinary*)native, (void*)file));
    }

    /// <summary>Writes the index to memory.</summary>
    /// <remarks>May run at the same time as other calls that only read.</remarks>
    /// <returns>What a file would hold.</returns>
    /// <exception cref="InvalidOperationException">The inverted lists are mapped from a file.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index.</exception>
    /// <exception cref="IOException">It is larger than an array.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public byte[] Serialize()
    {
        using var stream = new MemoryStream();
        Save(stream);
        return stream.ToArray();
    }

    private static void CheckOptions(IndexReadOptions options)
    {
        if ((options & ~AllOptions) != 0 || (options & IndexReadOptions.Mmap) is not (0 or IndexReadOptions.Mmap))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, $"options are not of {nameof(IndexReadOptions)}.");
        }
    }

    private void CheckSavable()
    {
        if (IsMapped)
        {
            throw new InvalidOperationException($"This {GetType().Name} was read with the options {_options}; copy its file instead.");
        }
    }
}
