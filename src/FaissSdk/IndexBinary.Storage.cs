using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Files.</content>
public abstract unsafe partial class IndexBinary
{
    private const IndexReadOptions AllOptions =
        IndexReadOptions.ReadOnly | IndexReadOptions.OnDiskSameDirectory | IndexReadOptions.SkipPrecomputedTable | IndexReadOptions.Mmap;

    private bool IsMapped => Kind.MayHoldLists && (_options & IndexReadOptions.Mmap) != 0;

    /// <summary>Reads an index from a file that <see cref="Save"/> or any other program with FAISS has written.</summary>
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
        if ((options & ~AllOptions) != 0 || (options & IndexReadOptions.Mmap) is not (0 or IndexReadOptions.Mmap))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, $"options are not of {nameof(IndexReadOptions)}.");
        }

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
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        if (IsMapped)
        {
            throw new InvalidOperationException($"This {GetType().Name} was read with the options {_options}; copy its file instead.");
        }

        AtomicFile.Write(path, temporary => CFile.Write(temporary, stream =>
        {
            using var index = Handle.Acquire(this);
            Status.ThrowIfFailed(FaissNative.faiss_write_index_binary(index.Pointer, (void*)stream));
        }));
    }
}
