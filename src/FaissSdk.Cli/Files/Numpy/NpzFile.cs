using System.Globalization;
using System.IO.Compression;

namespace FaissSdk.Cli;

/// <summary>Reads vectors from an array of a NumPy archive, which is a zip file of .npy files.</summary>
internal static class NpzFile
{
    private const string ArrayExtension = ".npy";

    // Deflate cannot compress more than 1,032 to 1.
    private const int MaxCompression = 1032;

    public static VectorSet Read(InputFile file)
    {
        try
        {
            using var archive = new ZipArchive(new BufferedStream(file.Content), ZipArchiveMode.Read, leaveOpen: true);
            var entry = Choose(file, archive);
            CheckReadable(file, entry);
            var content = new ChecksumStream(entry.Open());
            using var array = file.Entry(NameOf(entry), content, entry.Length);
            var vectors = NpyFile.Read(array);
            return content.Checksum == entry.Crc32
                ? vectors
                : throw new InvalidDataException($"{array.Name}: has another checksum than the archive states; it is damaged, so copy it again.");
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith(file.Name, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{file.Name}: is not an intact .npz (zip) archive: {e.Message}", e);
        }
    }

    private static ZipArchiveEntry Choose(InputFile file, ZipArchive archive)
    {
        var arrays = archive.Entries.Where(entry => entry.FullName.EndsWith(ArrayExtension, StringComparison.OrdinalIgnoreCase)).ToArray();
        var names = Excerpt.Of(string.Join(", ", arrays.Take(50).Select(NameOf)), 200);
        if (file.Source.Array is { } wanted)
        {
            return Array.Find(arrays, entry => NameOf(entry) == wanted || entry.FullName == wanted)
                ?? throw new UsageException($"--array is '{wanted}', but {file.Name} has no array of that name, expected one of: {names}.");
        }

        if (Array.Exists(arrays, entry => NameOf(entry) == "indptr"))
        {
            throw new InvalidDataException($"{file.Name}: is a sparse matrix of SciPy; save matrix.toarray() with numpy.save.");
        }

        return arrays.Length switch
        {
            1 => arrays[0],
            0 => throw new InvalidDataException($"{file.Name}: is a zip archive without arrays (.npy)."),
            _ => throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: has {arrays.Length} arrays: {names}; {(file.Source.HasOptions ? "choose one by --array NAME" : "save the one to use with numpy.save")}.")),
        };
    }

    private static void CheckReadable(InputFile file, ZipArchiveEntry entry)
    {
        if (entry.IsEncrypted)
        {
            throw new InvalidDataException($"{file.Name}: array {NameOf(entry)} is encrypted; save it again with numpy.savez.");
        }

        if (entry.Length / MaxCompression > entry.CompressedLength)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"{file.Name}: array {NameOf(entry)} declares {entry.Length} bytes, but has only {entry.CompressedLength} compressed ones; the archive is damaged."));
        }
    }

    private static string NameOf(ZipArchiveEntry entry) => Path.ChangeExtension(entry.FullName, null);
}
