using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace FaissSdk.Cli;

/// <summary>Represents the output of a command: results go to one writer, errors to another, and progress only to a terminal.</summary>
internal sealed class CommandConsole
{
    private const int RedirectedWidth = 80;

    // Without escapes for HTML: paths and texts stay readable, and the JSON is never part of a page.
    private static readonly JsonWriterOptions JsonFormat = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IAnsiConsole _output;
    private readonly TextWriter _error;
    private IAnsiConsole? _text;

    private CommandConsole(IAnsiConsole output, TextWriter error)
    {
        _output = _text = output;
        _error = error;
    }

    /// <summary>Gets a value indicating whether results are written as JSON, and their text is left out.</summary>
    public bool IsJson { get; private set; }

    public TextWriter Output => _output.Profile.Out.Writer;

    public TextWriter Error => _error;

    /// <summary>Gets why the output could not be written; null if it could.</summary>
    public string? OutputFailure => (Output as StandardStream)?.Failure;

    public static CommandConsole ForProcess()
    {
        var error = StandardStream.Open(isError: true);
        return Console.IsOutputRedirected
            ? ForWriters(StandardStream.Open(isError: false), error)
            : new CommandConsole(AnsiConsole.Create(new AnsiConsoleSettings()), error);
    }

    /// <summary>Creates a console that writes plain text without control codes and tables of at most 80 columns.</summary>
    public static CommandConsole ForWriters(TextWriter output, TextWriter error)
    {
        return new CommandConsole(Plain(output), error);
    }

    /// <summary>Leaves out text from here on: the result is an object in JSON.</summary>
    public void UseJson() => (IsJson, _text) = (true, null);

    /// <summary>Opens the standard output for data, and writes text to the standard error from here on.</summary>
    /// <exception cref="UsageException">The result is written to the standard output as JSON.</exception>
    public void ReserveOutput()
    {
        if (IsJson)
        {
            throw new UsageException("--json and the output - both write to the standard output; name a file instead of -.");
        }

        _text = Plain(_error);
    }

    /// <summary>Opens the standard output for the data of a file.</summary>
    public Stream OpenOutput()
    {
        Output.Flush();
        return Output is StandardStream ? Console.OpenStandardOutput() : new TextStream(Output);
    }

    /// <summary>Writes the result of the command if JSON was requested.</summary>
    /// <param name="write">Writes the properties of the object.</param>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        if (!IsJson)
        {
            return;
        }

        using (Stream stream = Output is StandardStream output ? new Utf8Stream(output) : new TextStream(Output))
        using (var writer = new Utf8JsonWriter(stream, JsonFormat))
        {
            try
            {
                writer.WriteStartObject();
                write(writer);
                writer.WriteEndObject();
            }
            catch
            {
                // Disposing would flush the buffer.
                writer.Reset();
                throw;
            }
        }

        Output.WriteLine();
    }

    // Bypasses Spectre, which would wrap lines at the console's width: paths and figures stay in one piece.
    public void WriteLine(string line = "") => _text?.Profile.Out.Writer.WriteLine(line);

    /// <summary>Writes the progress of work whose text goes elsewhere.</summary>
    public void WriteProgress(string message) => _error.WriteLine("faiss-sdk: " + message);

    public void WriteNote(string message) => _error.WriteLine("faiss-sdk: note: " + message);

    public void WriteError(string message) => _error.WriteLine("faiss-sdk: error: " + message);

    public void Write(Table table)
    {
        table.Border = TableBorder.Simple;
        _text?.Write(table);
    }

    /// <summary>Runs <paramref name="work"/> and shows its progress if the output is a terminal.</summary>
    /// <param name="description">The text beside the progress bar.</param>
    /// <param name="work">The work; its argument accepts the completed share, from 0 to 1.</param>
    public T Track<T>(string description, Func<Action<double>, T> work)
    {
        if (_text != _output || !_output.Profile.Capabilities.Interactive)
        {
            return work(static _ => { });
        }

        return _output.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(Markup.Escape(description), maxValue: 1);
                return work(share => task.Value = share);
            });
    }

    private static IAnsiConsole Plain(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
            // The default enrichers enable control codes again on build servers.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = RedirectedWidth;
        return console;
    }

    public static IRenderable[] Cells(params ReadOnlySpan<string> texts)
    {
        var cells = new IRenderable[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            cells[i] = new Text(texts[i]);
        }

        return cells;
    }
}
