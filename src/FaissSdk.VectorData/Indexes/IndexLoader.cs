using System.Diagnostics;
using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Storage;
using Microsoft.Extensions.Logging;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Loads the index of a vector property from its file, or maps it.</summary>
internal sealed class IndexLoader(IndexFiles files, VectorColumn column, string collection, bool maps, ILogger logger)
{
    /// <summary>Loads the newest index that is intact and not newer than the collection; deletes the others.</summary>
    public SealedIndex? LoadNewest(CollectionRow row)
    {
        foreach (var path in files.List())
        {
            try
            {
                var header = files.ReadIds(path);
                if (header.Version > row.Version || header.LastId > row.LastId)
                {
                    throw new InvalidDataException("the database is older than it; a backup may have been restored");
                }

                if (!column.Settings.Serves(header.Factory, header.Ids.Length))
                {
                    throw new InvalidDataException($"it is of the kind '{header.Factory}', and the definition asks for '{column.Settings.GetFactory(header.Ids.Length)}'");
                }

                CheckSum(path, header);
                return Load(path, header);
            }
            catch (Exception exception) when (IsOfFile(exception))
            {
                logger.IndexRejected(IndexFiles.IndexPath(path), column.Name, collection, exception.Message);
                IndexFiles.Delete(path);
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
        if (!FaissLibrary.IsAvailable)
        {
            var flat = ManagedFlatIndex.Load(file);
            return Check(new ManagedIndex(flat, header.Factory, header.Ids, header.LastId) { Path = path }, flat.Count, flat.Dimension);
        }

        var index = maps ? TryMap(file, header.Factory) : null;
        var how = index is null ? "loaded" : "mapped";
        index ??= FaissIndex.Load(file);
        var loaded = Check(new NativeIndex(index, column.Settings, header.Factory, header.Ids, header.LastId) { Path = path }, index.Count, index.Dimension);
        logger.IndexLoaded(header.Factory, column.Name, collection, header.Ids.Length, how, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        return loaded;
    }

    /// <summary>Maps the file of an index that was built, if the loaded FAISS maps the kind.</summary>
    public SealedIndex? TryMap(string path, SealedIndex built) =>
        TryMap(IndexFiles.IndexPath(path), built.Factory) is { } index ? new NativeIndex(index, column.Settings, built.Factory, built.Ids, built.LastId) { Path = path } : null;

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
