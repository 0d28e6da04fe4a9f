using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines the options for the file of vectors that <c>kmeans</c> and <c>verify</c> share.</summary>
internal sealed class InputOptions(string description)
{
    private static readonly string Formats = string.Join(", ", VectorFile.InputExtensions[..^1]) + " or " + VectorFile.InputExtensions[^1];

    private readonly Option<string> _input = new("--input") { Description = $"{description} ({Formats}; a pipe, or - for the standard input).", HelpName = "FILE", Required = true };
    private readonly Option<string?> _array = new("--array") { Description = "The name of the array to read, if an .npz archive has several.", HelpName = "NAME" };
    private readonly Option<string?> _format = new("--format")
    {
        Description = "The format of the input, if its name has another extension or none: fvecs, npy, csv, and so on.",
        HelpName = "FORMAT",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var format = "." + text.TrimStart('.').ToLowerInvariant();
            if (!VectorFile.InputExtensions.Contains(format))
            {
                result.AddError($"--format is '{text}', expected {Formats.Replace(".", "", StringComparison.Ordinal)}.");
            }

            return format;
        },
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_input);
        command.Options.Add(_format);
        command.Options.Add(_array);
    }

    public VectorSource Read(ParseResult parsed) => new(parsed.GetRequiredValue(_input), parsed.GetValue(_format), parsed.GetValue(_array));
}

/// <summary>Represents an input as it was given.</summary>
/// <param name="Path">The path; "-" is the standard input.</param>
/// <param name="Format">The format, in the form of an extension; null if the extension of the path selects it.</param>
/// <param name="Array">The name of the array in an archive; null if it has only one.</param>
internal sealed record VectorSource(string Path, string? Format = null, string? Array = null)
{
    public bool IsStandardInput => Path == "-";

    /// <summary>Gets the path for a comparison with other files.</summary>
    public string Identity => IsStandardInput ? "/dev/stdin" : Path;

    public override string ToString() => IsStandardInput ? "standard input" : Path;
}
