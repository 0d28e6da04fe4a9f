using System.Diagnostics;
using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Storage;
using Microsoft.Extensions.Logging;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Loads the index of a vector property from its file, or maps it.</summary>
internal sealed class IndexLoader(IndexFiles files, VectorColumn column, string collection, bool maps, ILogger logger)
{
    /// <summary>Loads the newest index that serves a version of the collection; deletes those that are damaged or foreign.</summary>
    /// <param name="row">The row of the collection.</param>
    /// <param name="readVersion">Reads the current version of the collection, or <see langword="null"/> if it was deleted.</param>
    /// <param name="newerThan">The path of the ids of an index that is loaded already, or <see langword="null"/>.</param>
    public SealedIndex? LoadNewest(CollectionRow row, Func<long?> readVersion, string? newerThan = null)
    {
        foreach (var path in files.List().TakeWhile(path => string.CompareOrdinal(path, newerThan) > 0))
        {
            var isIntact = false;
            try
            {
                var header = files.ReadIds(path);
                if (header.Version > row.Version)
                {
                    // Another process may have sealed it since the transaction of the row began.
                    if (readVersion() is not { } current || header.Version <= current)
                    {
                        continue;
                    }

                    throw new InvalidDataException("the database is older than it; a backup may have been restored");
                }

                if (header.LastId > row.LastId)
                {
                    throw new InvalidDataException("it has records that the database never had; it may belong to a copy");
                }

                if (!column.Settings.Serves(header.Factory, header.Ids.Length))
                {
                    throw new NotSupportedException($"it is of the kind '{header.Factory}', and the definition asks for '{column.Settings.GetFactory(header.Ids.Length)}'");
                }

                CheckSum(path, header);
                isIntact = true;
                return Load(path, header);
            }
            catch (Exception exception) when (IsOfFile(exception))
            {
                logger.IndexRejected(IndexFiles.IndexPath(path), column.Name, collection, exception.Message);
                // Another process may use an intact index: its library or definition may be another one, or it may have more memory.
                if (!isIntact && exception is InvalidDataException or FileNotFoundException)
                {
                    IndexFiles.Delete(path);
                }
            }
        }

        return null;
    }

    /// <summary>Loads a second copy of an index from its file, or returns null if the file is gone or damaged.</summary>
    public FaissIndex? TryLoadCopy(SealedIndex index)
    {
        if (index.Path is not { } path)
        {
            return null;
        }

        try
        {
            var header = files.ReadIds(path);
            CheckSum(path, header);
            var copy = FaissIndex.Load(IndexFiles.IndexPath(path));
            if (copy.Count == index.Count)
            {
                return copy;
            }

            copy.Dispose();
            throw new InvalidDataException($"it has {copy.Count} vectors, and the index had {index.Count}");
        }
        catch (Exception exception) when (IsOfFile(exception))
        {
            logger.IndexRejected(IndexFiles.IndexPath(path), column.Name, collection, exception.Message);
            return null;
        }
    }

    private SealedIndex Load(string path, IndexHeader header)
    {
        var file = IndexFiles.IndexPath(path);
        var start = Stopwatch.GetTimestamp();
        var mapped = maps && FaissLibrary.IsAvailable ? TryMap(file, header.Factory) : null;
        var how = mapped is null ? "loaded" : "mapped";
        var loaded = FaissLibrary.IsAvailable ? LoadNative(path, header, mapped ?? FaissIndex.Load(file), mapped is not null) : LoadManaged(path, header, ManagedFlatIndex.Load(file));
        logger.IndexLoaded(header.Factory, column.Name, collection, header.Ids.Length, how, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        return loaded;
    }

    private SealedIndex LoadManaged(string path, IndexHeader header, ManagedFlatIndex index) =>
        Check(new ManagedIndex(index, header.Factory, header.Ids, header.LastId) { Path = path }, index.Count, index.Dimension);

    private SealedIndex LoadNative(string path, IndexHeader header, FaissIndex index, bool isMapped) =>
        Check(new NativeIndex(index, column.Settings, header.Factory, header.Ids, header.LastId) { Path = path, IsMapped = isMapped }, index.Count, index.Dimension);

    /// <summary>Maps the file of an index that was built, if the loaded FAISS maps the kind.</summary>
    public SealedIndex? TryMap(string path, SealedIndex built) =>
        TryMap(IndexFiles.IndexPath(path), built.Factory) is { } index ? new NativeIndex(index, column.Settings, built.Factory, built.Ids, built.LastId) { Path = path, IsMapped = true } : null;

    /// <summary>Maps a file, if the loaded FAISS maps the kind.</summary>
    private static FaissIndex? TryMap(string file, string factory)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        try
        {
            var hasLists = factory.Split(',').Any(part => part.StartsWith("IVF", StringComparison.Ordinal));
            return FaissIndex.Load(file, hasLists ? IndexReadOptions.Mmap | IndexReadOptions.ReadOnly : IndexReadOptions.MmapVectors);
        }
        catch (Exception exception) when (exception is NotSupportedException or FaissException or ArgumentException)
        {
            return null;
        }
    }

    private static bool IsOfFile(Exception exception) =>
        exception is IOException or InvalidDataException or UnauthorizedAccessException or FaissException or ArgumentException or NotSupportedException or OverflowException or OutOfMemoryException;

    private static void CheckSum(string path, IndexHeader header)
    {
        (var checksum, var length) = Checksum.OfFile(IndexFiles.IndexPath(path));
        if (length != header.Length || checksum != header.Checksum)
        {
            throw new InvalidDataException("its checksum does not match");
        }
    }

    private SealedIndex Check(SealedIndex index, long count, int dimension)
    {
        if (count == index.Count && dimension == column.Dimension)
        {
            return index;
        }

        index.Release();
        throw new InvalidDataException($"it has {count} vectors of {dimension} dimensions, and {index.Count} ids");
    }
}
