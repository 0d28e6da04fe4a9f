using System.CommandLine;

namespace FaissSdk.Cli;

/// <summary>Defines an argument for a file of vectors with the options that state its format.</summary>
internal sealed class InputOptions
{
    private readonly Argument<string> _path;
    private readonly Option<string?> _format = Format();
    private readonly Option<string?> _array = Array();

    public InputOptions(string name, string description) => _path = new Argument<string>(name) { Description = description };

    /// <summary>Creates the option for the format of a file whose name does not state it.</summary>
    public static Option<string?> Format() =>
        CommandOptions.Format("--format", "The format of the input, if its name has another extension or none: fvecs, npy, csv, and so on.", VectorFile.InputExtensions);

    public static Option<string?> Array() => new("--array") { Description = "The name of the array to read, if an .npz archive has several.", HelpName = "NAME" };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_path);
        command.Options.Add(_format);
        command.Options.Add(_array);
    }

    public VectorSource Read(ParseResult parsed) => new(parsed.GetRequiredValue(_path), parsed.GetValue(_format), parsed.GetValue(_array));
}
