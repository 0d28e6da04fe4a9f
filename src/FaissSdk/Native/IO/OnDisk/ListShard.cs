using Microsoft.Win32.SafeHandles;

namespace FaissSdk.Native;

/// <summary>Represents a temporary file with the codes and then the ids of each inverted list. It has no name, so that nothing is left of it even if the process ends.</summary>
internal sealed class ListShard : IDisposable
{
    private readonly SafeFileHandle _file;

    private ListShard(SafeFileHandle file, long[] sizes, int level)
    {
        (_file, Sizes, Level) = (file, sizes, level);
        foreach (var size in sizes)
        {
            Count += size;
        }
    }

    /// <summary>Gets the number of entries of each list.</summary>
    public long[] Sizes { get; }

    /// <summary>Gets the number of entries of all lists.</summary>
    public long Count { get; }

    /// <summary>Gets how many times the entries were merged.</summary>
    public int Level { get; }

    /// <summary>Creates a shard in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="level">How many times the entries were merged.</param>
    /// <param name="write">Writes the file and returns the number of entries of each list.</param>
    public static ListShard Create(string folder, int level, Func<SequentialWriter, long[]> write)
    {
        var path = NewName(folder);
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        try
        {
            File.Delete(path);
            var writer = new SequentialWriter(file);
            var sizes = write(writer);
            writer.Flush();
            return new ListShard(file, sizes, level);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Returns a path for a temporary file.</summary>
    public static string NewName(string folder) => Path.Combine(folder, $".{Path.GetRandomFileName()}.tmp");

    /// <summary>Reads bytes of the file.</summary>
    public void Read(Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(_file, bytes, offset);
            if (read == 0)
            {
                throw new EndOfStreamException("A temporary file of the index became shorter.");
            }

            bytes = bytes[read..];
            offset += read;
        }
    }

    public void Dispose() => _file.Dispose();
}
