namespace FaissSdk.Cli;

/// <summary>Represents an output as it was given: a file, a pipe, or the standard output, which is "-" or a name of the file behind it.</summary>
/// <param name="Option">The option or argument that gave it, for messages.</param>
/// <param name="Path">The path; "-" is the standard output.</param>
/// <param name="Stated">The format, in the form of an extension; null if the extension of the path selects it.</param>
/// <param name="FormatOption">The option that states the format.</param>
internal sealed record CommandOutput(string Option, string Path, string? Stated = null, string FormatOption = "--to")
{
    public bool IsStandardOutput { get; } = Path == "-" || StandardStream.IsOutput(Path);

    /// <summary>Returns an output whose extension selects the format, unless it is the standard output; null if there is no path.</summary>
    public static CommandOutput? Of(string option, string? path, string? stated)
    {
        var output = path is null ? null : new CommandOutput(option, path);
        return output is { IsStandardOutput: true } ? output with { Stated = stated } : output;
    }

    public string Name => IsStandardOutput ? "standard output" : Path;

    /// <summary>Checks before the work that its result can be written, and keeps the standard output for it.</summary>
    /// <param name="extensions">The formats supported; empty if there is only one.</param>
    /// <param name="inputs">The files that must not be overwritten.</param>
    /// <param name="console">The console.</param>
    /// <exception cref="UsageException">The format is not supported, or the path is that of an input.</exception>
    public void Check(string[] extensions, IEnumerable<VectorSource?> inputs, CommandConsole console)
    {
        if (extensions.Length > 0)
        {
            Format(extensions);
        }

        if (IsStandardOutput)
        {
            console.ReserveOutput();
            return;
        }

        if (inputs.FirstOrDefault(input => input is not null && OutputFile.IsSame(Path, input.Identity)) is { } same)
        {
            throw new UsageException($"{Option}: {Path} is the input file{(Path == same.Path ? "" : $" {same}")}; choose another one.");
        }

        OutputFile.CheckWritable(Option, Path);
    }

    /// <summary>Returns the format, in the form of an extension.</summary>
    public string Format(string[] extensions) =>
        Stated is not null && extensions.Contains(Stated) ? Stated
        : IsStandardOutput && System.IO.Path.GetExtension(Path).Length == 0 ? throw new UsageException($"{Option}: the standard output has no extension; state the format by {FormatOption}: {string.Join(", ", extensions.Select(extension => extension[1..]))}.")
        : FileExtension.Of(Path, extensions, Option);

    public void Write(Action<Stream> write, CommandConsole console, CancellationToken cancellationToken)
    {
        if (!IsStandardOutput)
        {
            OutputFile.Write(Path, write, cancellationToken);
            return;
        }

        using var stream = new BufferedStream(console.OpenOutput(), 1 << 20);
        write(stream);
    }
}
