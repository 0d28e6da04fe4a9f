using Spectre.Console;
using Spectre.Console.Rendering;

namespace FaissSdk.Cli;

/// <summary>Represents the output of a command: results go to one writer, errors to another, and progress only to a terminal.</summary>
internal sealed class CommandConsole
{
    private const int RedirectedWidth = 80;

    private readonly IAnsiConsole _output;
    private readonly TextWriter _error;

    private CommandConsole(IAnsiConsole output, TextWriter error)
    {
        _output = output;
        _error = error;
    }

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
        return new CommandConsole(console, error);
    }

    // Bypasses Spectre, which would wrap lines at the console's width: paths and figures stay in one piece.
    public void WriteLine(string line = "") => Output.WriteLine(line);

    public void WriteNote(string message) => _error.WriteLine("faiss-sdk: note: " + message);

    public void WriteError(string message) => _error.WriteLine("faiss-sdk: error: " + message);

    public void Write(Table table)
    {
        table.Border = TableBorder.Simple;
        _output.Write(table);
    }

    /// <summary>Runs <paramref name="work"/> and shows its progress if the output is a terminal.</summary>
    /// <param name="description">The text beside the progress bar.</param>
    /// <param name="work">The work; its argument accepts the completed share, from 0 to 1.</param>
    public T Track<T>(string description, Func<Action<double>, T> work)
    {
        if (!_output.Profile.Capabilities.Interactive)
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
