namespace FaissSdk.Generator;

/// <summary>Replaces a folder of generated files as a whole.</summary>
internal static class OutputFolder
{
    /// <summary>Puts the files (by relative path) in the place of the folder; on failure the folder stays as it was.</summary>
    public static void Replace(string folder, IReadOnlyDictionary<string, string> files)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(folder))
        {
            throw new GeneratorException($"{folder}: is a file");
        }

        if (Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).FirstOrDefault(path => !path.EndsWith(".g.cs", StringComparison.Ordinal)) is { } foreign)
        {
            throw new GeneratorException($"{folder}: would be replaced, but holds {foreign}, which was not generated");
        }

        var (written, old) = ($"{folder}.new-{Environment.ProcessId}", $"{folder}.old-{Environment.ProcessId}");
        try
        {
            RequireWritable(folder);
            foreach (var (name, text) in files)
            {
                var path = Path.Combine(written, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
            }

            if (!Directory.Exists(folder))
            {
                Directory.Move(written, folder);
                return;
            }

            Directory.Move(folder, old);
            try
            {
                Directory.Move(written, folder);
            }
            catch
            {
                Directory.Move(old, folder);
                throw;
            }

            Directory.Delete(old, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeneratorException($"{folder}: could not be replaced and is as it was: {e.Message}");
        }
        finally
        {
            if (Directory.Exists(written))
            {
                Directory.Delete(written, recursive: true);
            }
        }
    }

    // A folder that may not be written can be moved aside, but then not be deleted.
    private static void RequireWritable(string folder)
    {
        if (Directory.Exists(folder))
        {
            foreach (var one in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Prepend(folder))
            {
                using var probe = new FileStream(Path.Combine(one, $".writable-{Environment.ProcessId}"), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
        }
    }
}
