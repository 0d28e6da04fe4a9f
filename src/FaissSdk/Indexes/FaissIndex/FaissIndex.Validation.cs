using Storage = FaissSdk.Native.IndexStorage<FaissSdk.Interop.FaissIndex, FaissSdk.Native.FloatIndexApi>;

namespace FaissSdk;

/// <content>Files of unknown origin.</content>
public abstract unsafe partial class FaissIndex
{
    /// <summary>Reads an index from a file of unknown origin, after a trial in a child process that a damaged file ends in place of this one.</summary>
    /// <param name="path">The path of the file, which must not change meanwhile.</param>
    /// <param name="validation">The limits of the trial.</param>
    /// <param name="options">The options for reading the file.</param>
    /// <returns>The index, of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> is not a combination of <see cref="IndexReadOptions"/>.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read, or no child process can be started.</exception>
    /// <exception cref="UnauthorizedAccessException">Reading the file is not permitted, or it is a directory.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="NotSupportedException">The system is Windows, or the native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="FaissException">The trial failed; the message contains the reason.</exception>
    /// <exception cref="OperationCanceledException">A signal, such as that of Ctrl+C, ended the child process: the file was not tried.</exception>
    public static FaissIndex Load(string path, IndexValidation validation, IndexReadOptions options = IndexReadOptions.None)
    {
        ArgumentNullException.ThrowIfNull(validation);
        return Loaded(Storage.Load(path, options, validation), options, Storage.Length(path));
    }

    /// <summary>Reads an index of unknown origin from a stream, after a trial in a child process. The rest of the stream is copied to a temporary file.</summary>
    /// <param name="stream">The stream. What follows the index stays in it if it can seek.</param>
    /// <param name="validation">The limits of the trial.</param>
    /// <param name="options">The options that determine how the stream is read; <see cref="IndexReadOptions.Mmap"/> needs a file.</param>
    /// <returns>The index, of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentException"><paramref name="stream"/> cannot be read, or <paramref name="options"/> maps.</exception>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> is not a combination of <see cref="IndexReadOptions"/>.</exception>
    /// <exception cref="IOException">The temporary file cannot be written, or no child process can be started.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="NotSupportedException">The system is Windows, or the native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="FaissException">The trial failed; the message contains the reason.</exception>
    /// <exception cref="OperationCanceledException">A signal, such as that of Ctrl+C, ended the child process: the file was not tried.</exception>
    public static FaissIndex Load(Stream stream, IndexValidation validation, IndexReadOptions options = IndexReadOptions.None)
    {
        ArgumentNullException.ThrowIfNull(validation);
        return Loaded(Storage.Load(stream, options, validation, out var length), options, length);
    }

    /// <summary>Reads an index of unknown origin from memory, after a trial in a child process.</summary>
    /// <param name="bytes">The content of a file.</param>
    /// <param name="validation">The limits of the trial.</param>
    /// <param name="options">The options that determine how the bytes are read; <see cref="IndexReadOptions.Mmap"/> needs a file.</param>
    /// <returns>The index, of the most specific type there is for it.</returns>
    /// <exception cref="ArgumentException"><paramref name="options"/> maps.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="validation"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="options"/> is not a combination of <see cref="IndexReadOptions"/>.</exception>
    /// <exception cref="IOException">The temporary file cannot be written, or no child process can be started.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="NotSupportedException">The system is Windows, or the native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="FaissException">The trial failed; the message contains the reason.</exception>
    /// <exception cref="OperationCanceledException">A signal, such as that of Ctrl+C, ended the child process: the file was not tried.</exception>
    public static FaissIndex Deserialize(ReadOnlyMemory<byte> bytes, IndexValidation validation, IndexReadOptions options = IndexReadOptions.None)
    {
        ArgumentNullException.ThrowIfNull(validation);
        return Loaded(Storage.Load(bytes, options, validation), options, bytes.Length);
    }
}
