using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FaissSdk.VectorData.Collections;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Reads and writes the files of a vector property's index: that of FAISS, and one with its ids and its checksum, without which the index is not valid.</summary>
/// <remarks>A file is written once, under a new name. A process that still has an older file open keeps it.</remarks>
internal sealed class IndexFiles(string folder, long collection, string token, VectorColumn column)
{
    private const string IdsExtension = ".ids";
    private const string IndexExtension = ".faiss";
    private const uint Magic = 0x44565346;
    private const int FormatVersion = 2;

    private string Prefix => string.Create(CultureInfo.InvariantCulture, $"collection-{collection}-vector-{column.Ordinal}-");

    /// <summary>Lists the indexes, the newest first, by the paths of their ids.</summary>
    public IReadOnlyList<string> List() => Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder, Prefix + "*" + IdsExtension).OrderByDescending(path => path, StringComparer.Ordinal)]
        : [];

    /// <summary>Writes an index, and deletes the older ones.</summary>
    /// <param name="index">The index.</param>
    /// <param name="version">The version of the collection after its vectors were read.</param>
    /// <returns>The path of the ids.</returns>
    public string Write(SealedIndex index, long version)
    {
        Directory.CreateDirectory(folder);
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{index.LastId:x16}-{DateTime.UtcNow.Ticks:x16}");
        string ids = Path.Combine(folder, name + IdsExtension), file = Path.Combine(folder, name + IndexExtension);
        try
        {
            index.Save(file + ".new");
            (var checksum, var length) = Checksum.OfFile(file + ".new");
            WriteIds(ids + ".new", index, version, checksum, length);
            File.Move(file + ".new", file);
            // From here on the index is valid.
            File.Move(ids + ".new", ids);
        }
        catch
        {
            Delete(ids + ".new");
            throw;
        }

        // Another process may have written a newer one meanwhile.
        foreach (var other in List().Where(path => string.CompareOrdinal(path, ids) < 0))
        {
            Delete(other);
        }

        DeleteLeftovers();
        return ids;
    }

    /// <summary>Reserves the building of the index for this process, as long as the handle is open.</summary>
    /// <param name="handle">The handle, or <see langword="null"/> if the folder cannot be written to, so that each process builds an index of its own.</param>
    /// <returns><see langword="false"/> if another process builds the index.</returns>
    public bool TryReserve(out FileStream? handle)
    {
        handle = null;
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"collection-{collection}-vector-{column.Ordinal}.lock"));
        try
        {
            Directory.CreateDirectory(folder);
            // The system ends the reservation with the process.
            handle = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            return !File.Exists(path);
        }
    }

    public IndexHeader ReadIds(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < 16 || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
        {
            throw new InvalidDataException("it is not a file of ids");
        }

        var checksum = new Checksum();
        checksum.Add(bytes.AsSpan(0, bytes.Length - 8));
        if (checksum.Value != BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(bytes.Length - 8)))
        {
            throw new InvalidDataException("its ids do not have their checksum");
        }

        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        reader.ReadUInt32();
        if (reader.ReadInt32() is var version and not FormatVersion)
        {
            throw new NotSupportedException($"it has format {version}, and this version of the package reads {FormatVersion}");
        }

        var itsToken = reader.ReadString();
        var factory = reader.ReadString();
        var metric = reader.ReadString();
        var dimension = reader.ReadInt32();
        if (itsToken != token)
        {
            throw new InvalidDataException("it belongs to another collection");
        }

        if (metric != column.Metric.Name || dimension != column.Dimension)
        {
            // Intact, so it is not deleted.
            throw new NotSupportedException($"it has {dimension} dimensions and {metric}, and the definition says {column.Dimension} and {column.Metric.Name}");
        }

        var header = new IndexHeader(factory, reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt64(), reader.ReadInt64(), new long[reader.ReadInt64()]);
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(header.Ids.AsSpan()));
        return header;
    }

    /// <summary>Gets the path of the index of a file of ids.</summary>
    public static string IndexPath(string ids) => Path.ChangeExtension(ids, IndexExtension);

    /// <summary>Deletes an index; a file that is in use stays if the system does not delete such files.</summary>
    public static void Delete(string ids)
    {
        var file = ids.EndsWith(".new", StringComparison.Ordinal) ? IndexPath(ids[..^4]) + ".new" : IndexPath(ids);
        TryDelete(ids);
        TryDelete(file);
    }

    /// <summary>Deletes all files of a collection that was deleted.</summary>
    public static void DeleteAll(string folder, long collection)
    {
        if (Directory.Exists(folder))
        {
            foreach (var file in Directory.GetFiles(folder, string.Create(CultureInfo.InvariantCulture, $"collection-{collection}-*")))
            {
                TryDelete(file);
            }
        }
    }

    /// <summary>Deletes what processes left behind that ended while they wrote an index.</summary>
    public void DeleteLeftovers()
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        // Another process may be writing a file that is younger.
        var limit = DateTime.UtcNow.AddDays(-1);
        foreach (var file in Directory.GetFiles(folder, Prefix + "*").Where(file => IsIncomplete(file) && File.GetLastWriteTimeUtc(file) < limit))
        {
            TryDelete(file);
        }
    }

    private static bool IsIncomplete(string file) => Path.GetExtension(file) switch
    {
        ".new" => true,
        IndexExtension => !File.Exists(Path.ChangeExtension(file, IdsExtension)),
        _ => false,
    };

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
        }
        catch (UnauthorizedAccessException)
        {
        }
    }

    private void WriteIds(string path, SealedIndex index, long version, ulong checksum, long length)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(FormatVersion);
            writer.Write(token);
            writer.Write(index.Factory);
            writer.Write(column.Metric.Name);
            writer.Write(column.Dimension);
            writer.Write(version);
            writer.Write(index.LastId);
            writer.Write(checksum);
            writer.Write(length);
            writer.Write((long)index.Count);
            writer.Write(MemoryMarshal.AsBytes(index.Ids.AsSpan()));
        }

        var sum = new Checksum();
        sum.Add(stream.GetBuffer().AsSpan(0, (int)stream.Length));
        using var file = File.Create(path);
        stream.Position = 0;
        stream.CopyTo(file);
        Span<byte> end = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(end, sum.Value);
        file.Write(end);
        file.Flush(flushToDisk: true);
    }
}
