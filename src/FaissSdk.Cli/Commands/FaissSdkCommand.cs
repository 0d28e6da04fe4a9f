using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Defines the <c>faiss-sdk</c> command, and turns the errors of its subcommands into messages and exit codes.</summary>
internal static class FaissSdkCommand
{
    private static readonly Option<bool> Json = new("--json") { Description = "Write the result as one JSON object.", Recursive = true };

    public static int Run(IReadOnlyList<string> arguments, CommandConsole console, CancellationToken cancellationToken = default)
    {
        var root = new RootCommand("Builds, searches, describes and measures FAISS indexes of vector files, and clusters the vectors by native FAISS or by a managed k-means that follows it step by step.")
        {
            KMeansCommand.Create(console, cancellationToken),
            VerifyCommand.Create(console, cancellationToken),
            DemoCommand.Create(console, cancellationToken),
            BuildCommand.Create(console, cancellationToken),
            SearchCommand.Create(console, cancellationToken),
            EvalCommand.Create(console, cancellationToken),
            TuneCommand.Create(console, cancellationToken),
            InfoCommand.Create(console, cancellationToken),
            CheckCommand.Create(console, cancellationToken),
            ConvertCommand.Create(console, cancellationToken),
            DoctorCommand.Create(console),
        };
        root.Options.Add(Json);

        // Response files are disabled: a file name may start with @.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var exitCode = parsed.Action is ParseErrorAction || EmptyValue(parsed) is not null ? ReportUsage(parsed, console) : Guard(console, () => Invoke(parsed, console));
        if (exitCode != ExitCode.Success || console.OutputFailure is not { } failure)
        {
            return exitCode;
        }

        console.WriteError($"the standard output could not be written: {failure}");
        return ExitCode.Failure;
    }

    /// <summary>Gets the message of an exception without the suffix that .NET adds for programmers.</summary>
    public static string WithoutParameterName(ArgumentException exception)
    {
        var message = exception.Message;
        var suffix = message.IndexOf($" (Parameter '{exception.ParamName}')", StringComparison.Ordinal);
        return exception.ParamName is null || suffix < 0 ? message : message[..suffix];
    }

    private static int Invoke(ParseResult parsed, CommandConsole console)
    {
        if (parsed.GetValue(Json))
        {
            console.UseJson();
        }

        return parsed.Invoke(new InvocationConfiguration
        {
            Output = console.Output,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            // TerminationSignals handles signals: an iteration may take longer than any fixed timeout.
            ProcessTerminationTimeout = null,
        });
    }

    private static int ReportUsage(ParseResult parsed, CommandConsole console)
    {
        var command = parsed.CommandResult.Command;
        var help = command is RootCommand ? "faiss-sdk --help" : $"faiss-sdk {command.Name} --help";
        foreach (var message in UsageErrors(parsed, command).Distinct())
        {
            console.WriteError($"{message} (See {help}.)");
        }

        return ExitCode.BadInput;
    }

    private static IEnumerable<string> UsageErrors(ParseResult parsed, Command command)
    {
        if (command is RootCommand && (parsed.UnmatchedTokens.Count == 0 || !parsed.UnmatchedTokens[0].StartsWith('-')))
        {
            var reason = parsed.UnmatchedTokens.Count == 0 ? "no command given" : $"unknown command '{parsed.UnmatchedTokens[0]}'";
            return [$"{reason}, expected {string.Join(", ", command.Subcommands.SkipLast(1).Select(subcommand => subcommand.Name))} or {command.Subcommands[^1].Name}."];
        }

        // After an unknown option the parser also reports its value, and options that may have been misspelled.
        var options = parsed.UnmatchedTokens.Where(token => token.StartsWith("--", StringComparison.Ordinal)).ToArray();
        if (options.Length > 0)
        {
            return options.Select(option => $"unknown option '{option}'{Suggestion(option, command)}");
        }

        if (parsed.UnmatchedTokens.Count > 0)
        {
            return parsed.UnmatchedTokens.Select(token => $"unexpected argument '{token}'.");
        }

        // The parser's error about a missing argument does not name it.
        var missing = command.Arguments.Select(argument => Missing(argument, parsed.GetResult(argument)?.Tokens.Count ?? 0)).OfType<string>().ToArray();
        return missing.Length > 0 ? missing
            : parsed.Errors.Count > 0 ? parsed.Errors.Select(error => error.Message)
            : [$"{EmptyValue(parsed)} is empty; give a value."];
    }

    // An empty variable of a script would otherwise be reported as a missing extension of another file.
    private static string? EmptyValue(ParseResult parsed) => parsed.CommandResult.Children
        .Where(result => result.Tokens.Any(token => token.Value.Length == 0))
        .Select(result => result switch
        {
            OptionResult { Option.Name: not "--parameters" } option => option.Option.Name,
            ArgumentResult argument => $"<{argument.Argument.Name}>",
            _ => null,
        })
        .FirstOrDefault(name => name is not null);

    private static string? Missing(Argument argument, int given)
    {
        var (least, most) = (argument.Arity.MinimumNumberOfValues, argument.Arity.MaximumNumberOfValues);
        return given >= least ? null
            : most == 1 ? $"<{argument.Name}> is missing. {argument.Description}"
            : string.Create(CultureInfo.InvariantCulture, $"<{argument.Name}>: {given} given, expected {least} to {most}. {argument.Description}");
    }

    private static string Suggestion(string option, Command command)
    {
        var similar = command.Options.Select(known => known.Name).FirstOrDefault(known =>
            known.StartsWith(option, StringComparison.OrdinalIgnoreCase) || option.StartsWith(known, StringComparison.OrdinalIgnoreCase));
        return similar is null ? "." : $"; did you mean {similar}?";
    }

    private static int Guard(CommandConsole console, Func<int> command)
    {
        try
        {
            return command();
        }
        catch (OperationCanceledException)
        {
            console.Error.WriteLine("faiss-sdk: canceled");
            return ExitCode.Canceled;
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FaissException or FaissLibraryException or NotSupportedException or OutOfMemoryException)
        {
            console.WriteError(e.Message);
            return ExitCode.Failure;
        }
        catch (Exception e)
        {
            // A defect of the command: without this, the runtime would end the process by a signal and leave a core dump.
            console.WriteError($"internal error: {e.GetType().Name}: {e.Message}");
            return ExitCode.Failure;
        }
    }
}
