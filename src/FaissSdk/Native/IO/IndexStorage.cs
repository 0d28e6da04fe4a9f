using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Reads indexes from and writes them to files, streams and memory.</summary>
/// <typeparam name="T">The native type.</typeparam>
/// <typeparam name="TApi">The functions of the native type.</typeparam>
internal static unsafe class IndexStorage<T, TApi>
    where T : unmanaged
    where TApi : IIndexApi<T>
{
    private const IndexReadOptions AllOptions =
        IndexReadOptions.ReadOnly | IndexReadOptions.OnDiskSameDirectory | IndexReadOptions.SkipPrecomputedTable | IndexReadOptions.Mmap | IndexReadOptions.MmapVectors;

    /// <summary>Reads an index from a file, after a trial if there is a validation.</summary>
    public static T* Load(string path, IndexReadOptions options, IndexValidation? validation = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckOptions(options);
        ListsOnDisk.ThrowIfMappedOnWindows(options);
        if (options.HasFlag(IndexReadOptions.MmapVectors))
        {
            KnownDefects.VectorsNotMapped.ThrowIfPresent($"{nameof(IndexReadOptions)}.{nameof(IndexReadOptions.MmapVectors)}");
        }

        // FAISS does not state why a file cannot be read.
        Span<byte> start = stackalloc byte[2];
        using (var file = ReadableFile.Open(path))
        {
            if (!file.CanSeek)
            {
                // FAISS would open a pipe a second time and wait for a second writer.
                return Load(file, options, validation);
            }

            file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }

        // Files that were moved together belong together, whatever lies at the path that the index file names. FAISS does not look beside
        // a file that it maps as a whole.
        var beside = options.HasFlag(IndexReadOptions.MmapVectors) ? options : options | IndexReadOptions.OnDiskSameDirectory;
        var context = $"'{path}' does not contain a complete {TApi.Noun} that the loaded FAISS version can read{OtherClass(start)}";
        try
        {
            return Read(path, beside, validation, context);
        }
        catch (FaissException e) when (beside != options && ListsOnDisk.AreElsewhere(e))
        {
            return Read(path, options, validation, context);
        }
    }

    /// <summary>Returns the length of the file that an index was read from; 0 if it no longer exists.</summary>
    public static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    /// <summary>Reads an index from a stream, from its position on, after a trial if there is a validation.</summary>
    public static T* Load(Stream stream, IndexReadOptions options, IndexValidation? validation = null) => Load(stream, options, validation, out _);

    /// <summary>Reads an index as the other overload does, and returns how many bytes it took; 0 if the stream cannot seek.</summary>
    public static T* Load(Stream stream, IndexReadOptions options, IndexValidation? validation, out long length)
    {
        CheckOptions(options);
        if ((options & (IndexReadOptions.Mmap | IndexReadOptions.MmapVectors)) != 0)
        {
            throw new ArgumentException("Only a file can be mapped.", nameof(options));
        }

        var start = stream is { CanSeek: true } ? stream.Position : 0;
        var read = Reading("The stream", () => IndexStream.Read(
            stream,
            TApi.ReadCustomFunction,
            reader =>
            {
                T* index = null;
                return (TApi.ReadCustom((FaissIOReader*)reader, (int)options, &index), (nint)index);
            },
            file =>
            {
                T* index = null;
                return (TApi.ReadFile((void*)file, (int)options, &index), (nint)index);
            },
            validation is null ? null : path => IndexTrial.Run(path, options, TApi.IsBinary, validation, "The stream")));
        length = stream.CanSeek ? stream.Position - start : 0;
        return Checked((T*)read, "The stream");
    }

    /// <summary>Reads an index from memory, after a trial if there is a validation.</summary>
    public static T* Load(ReadOnlyMemory<byte> bytes, IndexReadOptions options, IndexValidation? validation = null)
    {
        if (bytes.IsEmpty)
        {
            return Load(Stream.Null, options, validation);
        }

        using var pinned = bytes.Pin();
        using var stream = new UnmanagedMemoryStream((byte*)pinned.Pointer, bytes.Length);
        return Load(stream, options, validation);
    }

    /// <summary>Writes an index to a file, which it replaces as a whole.</summary>
    public static void Save(TypedHandle<T> handle, object owner, string path) =>
        AtomicFile.Write(path, temporary => CFile.Write(temporary, stream =>
        {
            using var index = handle.Acquire(owner);
            Status.ThrowIfFailed(TApi.WriteFile(index.Pointer, (void*)stream));
        }));

    /// <summary>Writes an index to a stream, at its position.</summary>
    public static void Save(TypedHandle<T> handle, object owner, Stream stream)
    {
        using var index = handle.Acquire(owner);
        var native = (nint)index.Pointer;
        IndexStream.Write(
            stream,
            TApi.WriteCustomFunction,
            writer => TApi.WriteCustom((T*)native, (FaissIOWriter*)writer),
            file => TApi.WriteFile((T*)native, (void*)file));
    }

    /// <summary>Writes an index to memory.</summary>
    public static byte[] Serialize(TypedHandle<T> handle, object owner)
    {
        using var stream = new MemoryStream();
        Save(handle, owner, stream);
        return stream.ToArray();
    }

    private static T* Read(string path, IndexReadOptions options, IndexValidation? validation, string context)
    {
        if (validation is not null)
        {
            IndexTrial.Run(path, options, TApi.IsBinary, validation, $"'{path}'");
        }

        return Checked(ReadFile(path, options, context), $"'{path}'");
    }

    private static T* ReadFile(string path, IndexReadOptions options, string context)
    {
        if (OperatingSystem.IsWindows())
        {
            // FAISS would take the name in the code page of the system.
            return (T*)Reading($"'{path}'", () => CFile.Read(path, file =>
            {
                T* index = null;
                Status.ThrowIfFailed(TApi.ReadFile((void*)file, (int)options, &index), context);
                return (nint)index;
            }).Result);
        }

        T* read = null;
        fixed (byte* name = Utf8.ZeroTerminated(path, nameof(path)))
        {
            Status.ThrowIfFailed(TApi.ReadPath((sbyte*)name, (int)options, &read), context);
        }

        return read;
    }

    private static nint Reading(string source, Func<nint> read)
    {
        try
        {
            return read();
        }
        catch (FaissException e) when (ListsOnDisk.AreMissing(e))
        {
            throw ListsOnDisk.Missing(source, e);
        }
    }

    private static void CheckOptions(IndexReadOptions options)
    {
        if ((options & ~AllOptions) != 0 || (options & IndexReadOptions.Mmap) is not (0 or IndexReadOptions.Mmap))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options, $"options is not a combination of {nameof(IndexReadOptions)}.");
        }
    }

    /// <summary>Returns a hint at the class that reads a file whose first letters are those of the other family, or an empty string.</summary>
    private static string OtherClass(ReadOnlySpan<byte> start) =>
        start[0] != 'I' || start[1] == 'B' == TApi.IsBinary ? ""
        : TApi.IsBinary ? $" (it starts like an index of float vectors: use {nameof(FaissIndex)}.{nameof(FaissIndex.Load)})"
        : $" (it starts like a binary index: use {nameof(IndexBinary)}.{nameof(IndexBinary.Load)})";

    // A file can declare that it contains no index, and a damaged one can be read and end the process when the index is used.
    private static T* Checked(T* index, string source)
    {
        if (index == null)
        {
            throw new FaissException($"{source} contains no index.");
        }

        if (KnownDefects.DamagedFiles.IsPresent && TApi.CheckFunction.IsPresent && NativeFault.Of((nint)index, &Check) is { } fault)
        {
            TApi.Free(index);
            throw new FaissException($"{source} is damaged: {fault}.");
        }

        return index;
    }

    private static int Check(nint index, sbyte* fault, nuint size, nuint* length) => TApi.Check((T*)index, fault, size, length);
}
