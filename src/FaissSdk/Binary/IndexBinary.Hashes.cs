using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using FaissSdk.Interop;
using FaissSdk.Native;
using Storage = FaissSdk.Native.IndexStorage<FaissSdk.Interop.FaissIndexBinary, FaissSdk.Native.BinaryIndexApi>;

namespace FaissSdk;

/// <content>Hashes: vectors at the end of memory, and files of several tables.</content>
public abstract unsafe partial class IndexBinary
{
    private const int HashSize = sizeof(ulong);

    // A hash begins within its vector, so at most seven of its eight bytes lie beyond.
    private const int BytesBeyond = HashSize - 1;

    private bool? _readsBeyondVectors;

    // FAISS reads eight bytes for a hash, even if the last vector has fewer.
    private bool ReadsBeyondVectors => _readsBeyondVectors ??= KnownDefects.HashesBeyondVectors.IsPresent && Parts.Contains(KnownDefects.HashesBeyondVectors.Kinds);

    /// <summary>Returns the last vectors of a call in memory that FAISS can read beyond their end.</summary>
    private ReadOnlySpan<byte> ReadableBeyond(ReadOnlySpan<byte> vectors)
    {
        if (!ReadsBeyondVectors || vectors.IsEmpty)
        {
            return vectors;
        }

        var copy = new byte[vectors.Length + HashSize];
        vectors.CopyTo(copy);
        return copy.AsSpan(0, vectors.Length);
    }

    /// <summary>Adds vectors; the last ones by a call of their own where FAISS reads beyond them, so that the others need not be copied.</summary>
    /// <param name="index">The index.</param>
    /// <param name="vectors">The vectors, at least one.</param>
    /// <param name="ids">Their ids, or <see langword="null"/>.</param>
    private void AddNatively(FaissIndexBinary* index, ReadOnlySpan<byte> vectors, long* ids)
    {
        var count = vectors.Length / CodeSize;
        var before = ReadsBeyondVectors ? Math.Max(0, count - ((BytesBeyond + CodeSize - 1) / CodeSize)) : count;
        AddBlock(index, vectors[..(before * CodeSize)], ids);
        AddBlock(index, ReadableBeyond(vectors[(before * CodeSize)..]), ids == null ? null : ids + before);
    }

    private void AddBlock(FaissIndexBinary* index, ReadOnlySpan<byte> vectors, long* ids)
    {
        if (vectors.IsEmpty)
        {
            return;
        }

        var count = vectors.Length / CodeSize;
        fixed (byte* x = vectors)
        {
            if (ids == null)
            {
                Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_add(index, count, x));
            }
            else
            {
                Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_add_with_ids(index, count, x, ids), ErrorAdvice.StoreIds);
            }
        }

        Memory.Add(count);
    }

    /// <summary>Returns the number of ID maps around hash tables that FAISS may lose in a file, or −1 if it loses none.</summary>
    private int MapsAroundLostTables()
    {
        var (maps, part) = (0, Parts);
        for (; part.IsIDMap && part.Parts.Count > 0; part = part.Parts[0])
        {
            maps++;
        }

        return KnownDefects.HashTableFiles.IsPresent && KnownDefects.HashTableFiles.Kinds.Contains(part.Code) && BitOperations.IsPow2(Count) ? maps : -1;
    }

    /// <summary>Writes the index with all of its hash tables.</summary>
    private void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanWrite)
        {
            throw new ArgumentException("stream cannot be written.", nameof(stream));
        }

        using var index = Handle.Acquire(this);
        var maps = MapsAroundLostTables();
        if (maps < 0)
        {
            Storage.Save(Handle, this, stream);
        }
        else if (Count == 1)
        {
            // FAISS would write beyond the end of an array.
            stream.Write(FileOfOne(index.Pointer, maps));
        }
        else
        {
            using var tables = new HashTableWriter(stream, maps, Count, CodeSize);
            Storage.Save(Handle, this, tables);
        }
    }

    private long SizeWithTables(FaissIndexBinary* index, int maps)
    {
        if (Count == 1)
        {
            return FileOfOne(index, maps).Length;
        }

        using var tables = new HashTableWriter(Stream.Null, maps, Count, CodeSize);
        Storage.Save(Handle, this, tables);
        return tables.Length;
    }

    /// <summary>Returns an index that was read, or one with the hash tables that are lost in its file.</summary>
    private static IndexBinary WithTables(IndexBinary index, IndexReadOptions options)
    {
        var maps = index.MapsAroundLostTables();
        if (maps < 0 || (index.Count == 1 && index.Search(index.CodeOfOne(maps).Code, 1).Ids[0] >= 0))
        {
            return index;
        }

        using var file = new MemoryStream();
        foreach (var stream in new[] { Stream.Null, file })
        {
            using var tables = new HashTableWriter(stream, maps, index.Count, index.CodeSize);
            Storage.Save(index.Handle, index, tables);
            if (!tables.HasChanged)
            {
                return index;
            }
        }

        index.Dispose();
        options &= ~(IndexReadOptions.Mmap | IndexReadOptions.MmapVectors);
        return IndexFactory.Wrap(Storage.Load(file.GetBuffer().AsMemory(0, (int)file.Length), options), HandleSources.Of(options));
    }

    private (byte[] Beginning, byte[] Code) CodeOfOne(int maps)
    {
        using var index = Handle.Acquire(this);
        var start = HashTableWriter.StartOf(maps, CodeSize);
        var length = start + HashTableWriter.NumbersSize;
        var beginning = Encoding.Latin1.GetBytes(CFile.Beginning(index.Pointer, length).PadRight(length, '\0'));
        return (beginning, beginning[(start - CodeSize)..start]);
    }

    private byte[] FileOfOne(FaissIndexBinary* index, int maps)
    {
        var (beginning, code) = CodeOfOne(maps);
        var numbers = beginning.AsSpan(beginning.Length - HashTableWriter.NumbersSize);
        var (bits, tables) = (BinaryPrimitives.ReadInt32LittleEndian(numbers), BinaryPrimitives.ReadInt32LittleEndian(numbers[4..]));
        using var file = new MemoryStream();
        file.Write(beginning);
        Array.Resize(ref code, code.Length + (2 * HashSize));
        for (var table = 0; table < tables; table++)
        {
            var (first, shift) = Math.DivRem(table * bits, 8);
            var read = BinaryPrimitives.ReadUInt128LittleEndian(code.AsSpan(first));
            var hash = KnownDefects.HashesBeyondVectors.IsPresent ? (ulong)read >> shift : (ulong)(read >> shift);
            HashTableWriter.WriteTable(file, bits, hash & ((1UL << bits) - 1), idBits: 1, count: 1);
        }

        if (maps > 0)
        {
            // Each map ends with its ids; those within the outermost one are positions.
            var id = Search(code.AsSpan(0, CodeSize), 1).Ids[0];
            for (var map = maps; map > 0; map--)
            {
                var ids = new byte[2 * sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(ids, 1);
                BinaryPrimitives.WriteInt64LittleEndian(ids.AsSpan(sizeof(long)), map == 1 ? id : 0);
                file.Write(ids);
            }
        }

        return file.ToArray();
    }
}
