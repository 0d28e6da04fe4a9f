using System.Buffers.Binary;

namespace FaissSdk.Tests.Files;

/// <summary>Writes files of many vectors of zeros, which take no room on the disk and half a second to read.</summary>
internal static class LargeIndexFile
{
    private const int Dimension = 1024;
    private const int Count = 1 << 17;
    private const int CountOffset = 8;

    public static string Write(string path)
    {
        using (var index = new IndexFlatL2(Dimension))
        {
            index.Add(new float[Dimension]);
            index.Save(path);
        }

        using var file = File.Open(path, FileMode.Open);
        var start = file.Length - (Dimension * sizeof(float));
        WriteInt64(file, CountOffset, Count);
        WriteInt64(file, start - sizeof(long), (long)Count * Dimension);
        file.SetLength(start + ((long)Count * Dimension * sizeof(float)));
        return path;
    }

    private static void WriteInt64(FileStream file, long offset, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        file.Position = offset;
        file.Write(bytes);
    }
}
