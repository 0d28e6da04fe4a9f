using System.CommandLine;
using System.CommandLine.Invocation;

namespace FaissSdk.Cli;

/// <summary>The <c>faiss-sdk</c> command: its subcommands, and what becomes of their errors.</summary>
internal static class FaissSdkCommand
{
    public static int Run(IReadOnlyList<string> arguments, CommandConsole console, CancellationToken cancellationToken = default)
    {
        var root = new RootCommand("FAISS from .NET: k-means clustering by native FAISS and by a managed implementation that follows it.")
        {
            KMeansCommand.Create(console, cancellationToken),
            VerifyCommand.Create(console, cancellationToken),
            DemoCommand.Create(console, cancellationToken),
            DoctorCommand.Create(console),
        };

        // A file whose name starts with @ is a file, not a list of arguments.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        return parsed.Action is ParseErrorAction ? ReportUsage(parsed, console) : Guard(console, () => Invoke(parsed, console));
    }

    private static int Invoke(ParseResult parsed, CommandConsole console) => parsed.Invoke(new InvocationConfiguration
    {
        Output = console.Output,
        Error = console.Error,
        EnableDefaultExceptionHandler = false,
        // Signals are TerminationSignals' job: an iteration may take longer than any fixed time.
        ProcessTerminationTimeout = null,
    });

    private static int ReportUsage(ParseResult parsed, CommandConsole console)
    {
        var messages = parsed.UnmatchedTokens.Count > 0
            ? parsed.UnmatchedTokens.Select(token => $"unknown command or argument '{token}'.")
            : parsed.Errors.Select(error => error.Message);
        foreach (var message in messages.Distinct())
        {
            console.WriteError(message + " (See faiss-sdk --help.)");
        }

        return ExitCode.BadInput;
    }

    private static int Guard(CommandConsole console, Func<int> command)
    {
        try
        {
            return command();
        }
        catch (OperationCanceledException)
        {
            console.Error.WriteLine("faiss-sdk: cancelled");
            return ExitCode.Cancelled;
        }
        catch (Exception e) when (e is UsageException or InvalidDataException)
        {
            console.WriteError(e.Message);
            return ExitCode.BadInput;
        }
        catch (ArgumentException e)
        {
            console.WriteError(WithoutParameterName(e));
            return ExitCode.BadInput;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FaissException or FaissLibraryException or OutOfMemoryException)
        {
            console.WriteError(e.Message);
            return ExitCode.Failure;
        }
    }

    /// <summary>The message without what .NET appends to it for programmers.</summary>
    public static string WithoutParameterName(ArgumentException exception)
    {
        var message = exception.Message;
        var suffix = message.IndexOf($" (Parameter '{exception.ParamName}')", StringComparison.Ordinal);
        return exception.ParamName is null || suffix < 0 ? message : message[..suffix];
    }
}
