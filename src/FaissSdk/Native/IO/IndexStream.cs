using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Reads indexes from and writes them to streams: by FAISS's custom reader and writer, or with FAISS &lt; 1.11.0 through a temporary file.</summary>
internal static unsafe class IndexStream
{
    private const int BufferSize = 1 << 16;

    private static readonly OptionalFunction ReaderFunction = new(nameof(FaissNative.faiss_CustomIOReader_new));
    private static readonly OptionalFunction WriterFunction = new(nameof(FaissNative.faiss_CustomIOWriter_new));

    /// <summary>Reads an index from a stream by <paramref name="custom"/> if the library has <paramref name="function"/>, otherwise by <paramref name="file"/>; no byte beyond the index if the stream can seek. A trial is given the path of a temporary file.</summary>
    public static nint Read(Stream stream, OptionalFunction function, Func<nint, (int Code, nint Read)> custom, Func<nint, (int Code, nint Read)> file, Action<string>? trial)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead)
        {
            throw new ArgumentException("stream cannot be read.", nameof(stream));
        }

        return trial is null && function.IsPresent && ReaderFunction.IsPresent ? ReadCustom(stream, custom) : ReadThroughFile(stream, file, trial);
    }

    /// <summary>Writes an index to a stream by <paramref name="custom"/> if the library has <paramref name="function"/>, otherwise by <paramref name="file"/>.</summary>
    public static void Write(Stream stream, OptionalFunction function, Func<nint, int> custom, Func<nint, int> file)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanWrite)
        {
            throw new ArgumentException("stream cannot be written.", nameof(stream));
        }

        if (function.IsPresent && WriterFunction.IsPresent)
        {
            WriteCustom(stream, custom);
        }
        else
        {
            WriteThroughFile(stream, file);
        }
    }

    private static nint ReadCustom(Stream stream, Func<nint, (int Code, nint Read)> read)
    {
        FaissCustomIOReader* reader = null;
        Status.ThrowIfFailed(FaissNative.faiss_CustomIOReader_new(&reader, &StreamBinding.Read));
        try
        {
            using var binding = new StreamBinding(stream);
            var (code, index) = read((nint)reader);
            binding.ThrowIfFailed();
            Status.ThrowIfFailed(code, "The stream does not contain a complete index that the loaded FAISS version can read");
            return index;
        }
        finally
        {
            FaissNative.faiss_CustomIOReader_free(reader);
        }
    }

    private static void WriteCustom(Stream stream, Func<nint, int> write)
    {
        FaissCustomIOWriter* writer = null;
        Status.ThrowIfFailed(FaissNative.faiss_CustomIOWriter_new(&writer, &StreamBinding.Write));
        try
        {
            // FAISS writes numbers one by one, hence the buffer. Disposing it would dispose the stream.
            var buffered = new BufferedStream(stream, BufferSize);
            using var binding = new StreamBinding(buffered);
            var code = write((nint)writer);
            binding.ThrowIfFailed();
            Status.ThrowIfFailed(code);
            buffered.Flush();
        }
        finally
        {
            FaissNative.faiss_CustomIOWriter_free(writer);
        }
    }

    private static nint ReadThroughFile(Stream stream, Func<nint, (int Code, nint Read)> read, Action<string>? trial)
    {
        using var file = new TemporaryFile();
        var start = stream.CanSeek ? stream.Position : 0;
        using (var copy = file.OpenWrite())
        {
            stream.CopyTo(copy);
        }

        trial?.Invoke(file.Path);
        var (index, length) = CFile.Read(file.Path, source =>
        {
            var (code, result) = read(source);
            Status.ThrowIfFailed(code, "The stream does not contain a complete index that the loaded FAISS version can read");
            return result;
        });
        if (stream.CanSeek)
        {
            stream.Position = start + length;
        }

        return index;
    }

    private static void WriteThroughFile(Stream stream, Func<nint, int> write)
    {
        using var file = new TemporaryFile();
        CFile.Write(file.Path, target => Status.ThrowIfFailed(write(target)));
        using var copy = File.OpenRead(file.Path);
        copy.CopyTo(stream);
    }
}
