using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Files.</content>
public abstract unsafe partial class FaissIndex
{
    /// <summary>Reads an index from a file that <see cref="Save"/> or any other program with FAISS has written.</summary>
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
    /// <exception cref="FaissException">FAISS cannot write this kind of index, or the disk is full.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        CheckSavable();
        AtomicFile.Write(path, temporary => CFile.Write(temporary, stream =>
        {
            using var index = Handle.Acquire(this);
            Status.ThrowIfFailed(FaissNative.faiss_write_index(index.Pointer, (void*)stream));
        }));
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
        return index;
    }

    private void CheckSavable()
    {
        if (_isMapped)
        {
            throw new NotSupportedException("An index that is mapped from its file is not written again, for FAISS leaves its lists out; copy the file.");
        }
    }
}
