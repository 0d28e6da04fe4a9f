namespace FaissSdk.Cli;

/// <summary>An input file that is there, is a file, and has something in it.</summary>
internal static class InputFile
{
    public static FileStream Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UsageException($"{path} is a directory, expected a file.");
        }

        if (!File.Exists(path))
        {
            throw new UsageException($"{path} does not exist.");
        }

        // Unbuffered: the readers fetch large blocks themselves.
        var file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        try
        {
            if (!file.CanSeek)
            {
                throw new UsageException($"{path} is not a regular file.");
            }

            return file.Length > 0 ? file : throw new InvalidDataException($"{path}: the file is empty.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
