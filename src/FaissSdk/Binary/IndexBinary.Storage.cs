using FaissSdk.Interop;
using FaissSdk.Native;
using Storage = FaissSdk.Native.IndexStorage<FaissSdk.Interop.FaissIndexBinary, FaissSdk.Native.BinaryIndexApi>;

namespace FaissSdk;

/// <content>Files, streams and bytes.</content>
public abstract unsafe partial class IndexBinary
{
    /// <summary>Reads an index from a file written by <see cref="Save(string)"/> or by another program that uses FAISS.</summary>
    /// <param name="path">The file; its content is trusted.</param>
    /// <param name="options">The options for reading the file. Inverted lists read with <see cref="IndexReadOptions.ReadOnly"/> or <see cref="IndexReadOptions.Mmap"/> cannot be changed, and mapped ones cannot be saved.</param>
    /// <returns>The index, of the most specific type there is for it in the loaded FAISS version.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> is not a combination of <see cref="IndexReadOptions"/>.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Reading the file is not permitted, or it is a directory.</exception>
    /// <exception cref="NotSupportedException">On Windows, the file is to be mapped or has its inverted lists in another file.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">The file is truncated or contains no binary index that the loaded FAISS version supports.</exception>
    public static IndexBinary Load(string path, IndexReadOptions options = IndexReadOptions.None) => Loaded(Storage.Load(path, options), options, Storage.Length(path));

    /// <summary>Reads an index from a stream, from its position on.</summary>
    /// <param name="stream">The stream, whose content is trusted. What follows the index stays in it, except with FAISS &lt; 1.11.0 in a stream that cannot seek.</param>
    /// <param name="options">The options that determine how the stream is read; <see cref="IndexReadOptions.Mmap"/> needs a file.</param>
    /// <returns>The index, of the most specific type there is for it in the loaded FAISS version.</returns>
    /// <exception cref="ArgumentException"><paramref name="stream"/> cannot be read, or <paramref name="options"/> maps.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> is not a combination of <see cref="IndexReadOptions"/>.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">The stream ends too early or contains no binary index that the loaded FAISS version supports.</exception>
    public static IndexBinary Load(Stream stream, IndexReadOptions options = IndexReadOptions.None) => Loaded(Storage.Load(stream, options, validation: null, out var length), options, length);

    /// <summary>Reads an index from memory.</summary>
    /// <param name="bytes">The result of <see cref="Serialize"/>, or the content of a file.</param>
    /// <param name="options">The options that determine how the bytes are read; <see cref="IndexReadOptions.Mmap"/> needs a file.</param>
    /// <returns>The index, of the most specific type there is for it in the loaded FAISS version.</returns>
    /// <exception cref="ArgumentException"><paramref name="options"/> maps.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> is not a combination of <see cref="IndexReadOptions"/>.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">The bytes end too early or contain no binary index that the loaded FAISS version supports.</exception>
    public static IndexBinary Deserialize(ReadOnlyMemory<byte> bytes, IndexReadOptions options = IndexReadOptions.None) => Loaded(Storage.Load(bytes, options), options, bytes.Length);

    /// <summary>Writes the index to a file. A reader sees the old file or the whole new one, and a failure leaves the old file whole.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Writing the file is not permitted, or it is a directory.</exception>
    /// <exception cref="NotSupportedException">The index is mapped from its file.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index, or the disk is full.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckSavable();
        if (MapsAroundLostTables() < 0)
        {
            Storage.Save(Handle, this, path);
            return;
        }

        AtomicFile.Write(path, temporary =>
        {
            using var file = new FileStream(temporary, FileMode.Create, FileAccess.Write);
            Write(file);
        });
    }

    /// <summary>Writes the index to a stream, at its position.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="stream">The stream. Its exceptions are rethrown; the bytes written before remain in it.</param>
    /// <exception cref="ArgumentException"><paramref name="stream"/> cannot be written.</exception>
    /// <exception cref="NotSupportedException">The index is mapped from its file.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(Stream stream)
    {
        CheckSavable();
        Write(stream);
    }

    /// <summary>Writes the index to memory.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <returns>The content of a file with the index.</returns>
    /// <exception cref="NotSupportedException">The index is mapped from its file.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index.</exception>
    /// <exception cref="IOException">The index is larger than an array.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public byte[] Serialize()
    {
        CheckSavable();
        using var stream = new MemoryStream();
        Write(stream);
        return stream.ToArray();
    }

    private static IndexBinary Loaded(FaissIndexBinary* read, IndexReadOptions options, long length)
    {
        var index = WithTables(IndexFactory.Wrap(read, HandleSources.Of(options)), options);
        if ((options & (IndexReadOptions.Mmap | IndexReadOptions.MmapVectors)) == 0)
        {
            index.Memory.Begin(length, index.Count);
        }

        if (Quantizers.FaultOf(index.Parts) is { } fault)
        {
            index.Dispose();
            throw new FaissException($"FAISS cannot use the index. {fault}");
        }

        NativeParts.LimitProbes(index.Parts);
        return index;
    }

    private void CheckSavable()
    {
        ObjectDisposedException.ThrowIf(Handle.IsDisposed, this);
        if (KnownDefects.MappedFiles.IsPresent && (MayKeepListsInFile(HandleSource.Mapped) || Parts.All.Any(part => part.HoldsReadOnlyLists)))
        {
            throw new NotSupportedException($"This {GetType().Name}, or a part of it, is mapped from its file, and FAISS would write it without its inverted lists; copy the file instead.");
        }
    }
}
