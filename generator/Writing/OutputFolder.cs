namespace FaissSdk.Generator;

/// <summary>A folder of generated files, which is replaced as a whole.</summary>
internal sealed class OutputFolder
{
    private readonly string _path;
    private readonly string _new;
    private readonly string _old;

    private OutputFolder(string path)
    {
        _path = path;
        var (parent, name) = (Path.GetDirectoryName(path), Path.GetFileName(path));

        // MSBuild ignores folders whose names begin with a dot.
        (_new, _old) = (Path.Join(parent, $".{name}.generator-new"), Path.Join(parent, $".{name}.generator-old"));
    }

    /// <summary>Opens a folder, which need not exist, and repairs what a generator that was killed left behind.</summary>
    /// <exception cref="GeneratorException">The path is a file, the folder cannot be written, or it holds files that were not generated.</exception>
    public static OutputFolder Open(string path)
    {
        var folder = new OutputFolder(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        folder.Guard(folder.Repair);
        folder.CheckReplaceable();
        return folder;
    }

    /// <summary>Replaces the folder by files; if that fails, the folder stays as it was.</summary>
    /// <param name="files">The text of each file, by relative path.</param>
    public void Replace(IReadOnlyDictionary<string, string> files) => Guard(() =>
    {
        try
        {
            foreach (var (name, text) in files)
            {
                var path = Path.Combine(_new, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
            }

            if (Directory.Exists(_path))
            {
                Directory.Move(_path, _old);
            }

            Directory.Move(_new, _path);
        }
        finally
        {
            Repair();
        }
    });

    // The old folder is moved aside just before the new one takes its place. Without a folder in that place, the old one is still the current one.
    private void Repair()
    {
        if (!Directory.Exists(_path) && Directory.Exists(_old))
        {
            Directory.Move(_old, _path);
        }

        foreach (var leftover in new[] { _new, _old }.Where(Directory.Exists))
        {
            Directory.Delete(leftover, recursive: true);
        }
    }

    private void CheckReplaceable()
    {
        if (File.Exists(_path))
        {
            throw new GeneratorException($"{_path}: the output must be a folder, but it is a file");
        }

        if (!Directory.Exists(_path))
        {
            return;
        }

        // A folder without write permission can be moved aside, but not deleted afterwards.
        Guard(() =>
        {
            foreach (var folder in Directory.GetDirectories(_path, "*", SearchOption.AllDirectories).Prepend(_path))
            {
                using var probe = new FileStream(Path.Combine(folder, ".writable"), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
        });
        if (Directory.EnumerateFiles(_path, "*", SearchOption.AllDirectories).FirstOrDefault(path => !path.EndsWith(".g.cs", StringComparison.Ordinal)) is { } foreign)
        {
            throw new GeneratorException($"{_path}: the folder would be replaced, but {foreign} was not generated");
        }
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GeneratorException($"{_path}: the folder could not be replaced and is unchanged: {e.Message}");
        }
    }
}
