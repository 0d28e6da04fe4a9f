using Spectre.Console;
using Spectre.Console.Rendering;

namespace FaissSdk.Cli;

/// <summary>Where a command writes: results to one writer, errors to another, progress only to a terminal.</summary>
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

    public static CommandConsole ForProcess() =>
        Console.IsOutputRedirected
            ? ForWriters(Console.Out, Console.Error)
            : new CommandConsole(AnsiConsole.Create(new AnsiConsoleSettings()), Console.Error);

    /// <summary>Plain text of 80 columns, without control codes.</summary>
    public static CommandConsole ForWriters(TextWriter output, TextWriter error)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
            // Build servers' enrichers switch control codes on again.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = RedirectedWidth;
        return new CommandConsole(console, error);
    }

    // Past Spectre, which would break lines at the width: paths and figures stay whole.
    public void WriteLine(string line = "") => Output.WriteLine(line);

    public void WriteError(string message) => _error.WriteLine("faiss-sdk: error: " + message);

    public void Write(Table table)
    {
        table.Border = TableBorder.Simple;
        _output.Write(table);
    }

    /// <summary>Does the work, and shows on a terminal how far it is.</summary>
    /// <param name="description">What is being done.</param>
    /// <param name="work">Is given a place to report the share done, from 0 to 1.</param>
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
