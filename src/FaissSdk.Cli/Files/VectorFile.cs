namespace FaissSdk.Cli;

/// <summary>Reads and writes vectors in the format that the file's extension selects.</summary>
internal static class VectorFile
{
    public static readonly string[] InputExtensions = [".fvecs", ".bvecs", ".ivecs", ".fbin", ".u8bin", ".i8bin", ".npy", ".npz", ".csv", ".tsv", ".txt"];
    public static readonly string[] OutputExtensions = [".fvecs", ".bvecs", ".npy", ".csv"];

    /// <summary>The formats that vectors can be converted to.</summary>
    public static readonly string[] ConvertedExtensions = [".fvecs", ".bvecs", ".ivecs", ".fbin", ".u8bin", ".i8bin", ".npy", ".csv", ".tsv", ".txt"];

    /// <summary>Opens a file of vectors; its content is not read yet.</summary>
    /// <exception cref="UsageException">The format is not supported, or the path is not that of a file or pipe.</exception>
    /// <exception cref="InvalidDataException">The file is empty.</exception>
    public static InputFile Open(VectorSource source)
    {
        if (FormatOf(source) != ".npz" && source.Array is not null)
        {
            throw new UsageException($"--array is '{source.Array}', but {source} is not an .npz archive; remove the option.");
        }

        return InputFile.Open(source);
    }

    /// <summary>Reads n × d vectors from a file.</summary>
    /// <exception cref="UsageException">The extension is not supported, or the path is not that of a file or pipe.</exception>
    /// <exception cref="InvalidDataException">The content does not have the format that the extension selects.</exception>
    public static VectorSet Read(string path)
    {
        using var file = Open(new VectorSource(path));
        return Read(file);
    }

    /// <summary>Reads n × d vectors from an open file, shows the progress, and writes the notes.</summary>
    public static VectorSet Read(InputFile file, CommandConsole console, CancellationToken cancellationToken)
    {
        var vectors = console.Track($"reading {file.Name}", report => Read(file, report, cancellationToken));
        foreach (var note in file.Notes)
        {
            console.WriteNote($"{file.Name}: {note}.");
        }

        return vectors;
    }

    /// <summary>Reads n × d vectors from an open file.</summary>
    /// <param name="file">The file, at its start.</param>
    /// <param name="progress">Receives the share that has been read, from 0 to 1.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    /// <exception cref="InvalidDataException">The content does not have the format that the extension selects.</exception>
    public static VectorSet Read(InputFile file, Action<double>? progress = null, CancellationToken cancellationToken = default)
    {
        file.Start(progress, cancellationToken);
        var format = FormatOf(file.Source);
        try
        {
            return format switch
            {
                ".fvecs" => XvecsFile.Read(file, NumberType.Single),
                ".bvecs" => XvecsFile.Read(file, NumberType.Byte),
                ".ivecs" => XvecsFile.Read(file, NumberType.Int32),
                ".fbin" => BinFile.Read(file, NumberType.Single),
                ".u8bin" => BinFile.Read(file, NumberType.Byte),
                ".i8bin" => BinFile.Read(file, NumberType.SByte),
                ".npy" => NpyFile.Read(file),
                ".npz" => NpzFile.Read(file),
                _ => CsvFile.Read(file),
            };
        }
        catch (InvalidDataException e) when (FileSignature.Describe(file, format) is { } description)
        {
            throw new InvalidDataException($"{file.Name}: {description}", e);
        }
    }

    /// <summary>Writes vectors; readers see either the whole file or the previous one.</summary>
    public static void Write(string path, ReadOnlyMemory<float> values, int dimension, CancellationToken cancellationToken = default)
    {
        var format = FileExtension.Of(path, OutputExtensions);
        OutputFile.Write(path, stream => Write(stream, format, values.Span, dimension, path), cancellationToken);
    }

    /// <summary>Writes vectors to a stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="format">One of <see cref="ConvertedExtensions"/>.</param>
    /// <param name="values">The vectors (n × d).</param>
    /// <param name="dimension">The dimension, d.</param>
    /// <param name="name">The name of the output for messages.</param>
    /// <exception cref="InvalidDataException">The format stores integers, and a component is not an integer or is beyond their range.</exception>
    public static void Write(Stream stream, string format, ReadOnlySpan<float> values, int dimension, string name)
    {
        switch (format)
        {
            case ".fvecs":
                XvecsFile.WriteSingles(stream, values, dimension);
                break;
            case ".bvecs":
                XvecsFile.WriteIntegers<byte>(stream, values, dimension, name, format);
                break;
            case ".ivecs":
                XvecsFile.WriteIntegers<int>(stream, values, dimension, name, format);
                break;
            case ".fbin":
                BinFile.WriteHeader(stream, values.Length / dimension, dimension);
                ArrayBytes.Write(stream, values);
                break;
            case ".u8bin":
                BinFile.WriteHeader(stream, values.Length / dimension, dimension);
                BinFile.WriteIntegers<byte>(stream, values, dimension, name, format);
                break;
            case ".i8bin":
                BinFile.WriteHeader(stream, values.Length / dimension, dimension);
                BinFile.WriteIntegers<sbyte>(stream, values, dimension, name, format);
                break;
            case ".npy":
                NpyFile.Write(stream, values, "<f4", FormattableString.Invariant($"({values.Length / dimension}, {dimension})"));
                break;
            default:
                CsvFile.Write(stream, values, dimension, format switch { ".tsv" => '\t', ".txt" => ' ', _ => ',' });
                break;
        }
    }

    private static string FormatOf(VectorSource source)
    {
        // Advice about an extension is of no use for a path without a file.
        if (!source.IsStandardInput)
        {
            InputFile.CheckExists(source.Path);
        }

        return source.Format ?? FileExtension.Of(source.Path, InputExtensions, isStatable: source.HasOptions);
    }
}

/// <summary>Represents an input as it was given.</summary>
/// <param name="Path">The path; "-" is the standard input.</param>
/// <param name="Format">The format, in the form of an extension; null if the extension of the path selects it.</param>
/// <param name="Array">The name of the array in an archive; null if it has only one.</param>
internal sealed record VectorSource(string Path, string? Format = null, string? Array = null)
{
    /// <summary>Gets a value indicating whether the command has the options <c>--format</c> and <c>--array</c> for this input.</summary>
    public bool HasOptions { get; init; } = true;

    public bool IsStandardInput => Path == "-";

    /// <summary>Gets the path for a comparison with other files.</summary>
    public string Identity => IsStandardInput ? "/dev/stdin" : Path;

    /// <summary>Gets the name without its folder, for titles.</summary>
    public string FileName => IsStandardInput ? ToString() : System.IO.Path.GetFileName(Path);

    public override string ToString() => IsStandardInput ? "standard input" : Path;
}
