using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Tests.Cli;

/// <summary>Runs the command in a process of its own.</summary>
internal sealed class CommandProcess : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _error;

    public CommandProcess(params string[] arguments)
        : this([], arguments)
    {
    }

    public CommandProcess(Dictionary<string, string> environment, string[] arguments)
        : this(environment, arguments, redirections: "")
    {
    }

    private CommandProcess(Dictionary<string, string> environment, string[] arguments, string redirections)
    {
        Assert.SkipWhen(redirections.Length > 0 && ProgramHost.IsSelfContained, "A shell redirects the streams of the dotnet command, which is not there: the tests are published self-contained.");
        var command = ProgramHost.Start(Path.Combine(AppContext.BaseDirectory, "faiss-sdk.dll"));
        var start = redirections.Length == 0 ? command : new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" " + redirections, command.FileName, .. command.ArgumentList]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _error = _process.StandardError.ReadToEndAsync();
    }

    public bool IgnoresInterrupt
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(text => text.StartsWith("SigIgn:", StringComparison.Ordinal));
            return (ulong.Parse(line["SigIgn:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 0b10) != 0;
        }
    }

    /// <summary>Starts the command by a shell with redirections of its standard streams.</summary>
    public static CommandProcess Redirected(string redirections, string[] arguments) => new([], arguments, redirections);

    /// <summary>Waits for a line of standard output that starts with a text.</summary>
    public void WaitForLine(string start)
    {
        string? line;
        do
        {
            line = _process.StandardOutput.ReadLine();
        }
        while (line is not null && !line.StartsWith(start, StringComparison.Ordinal));
        Assert.NotNull(line);
    }

    /// <summary>Waits until the command handles signals itself, which .NET does in a thread of this name.</summary>
    public void WaitForSignalHandler() => Assert.True(
        SpinWait.SpinUntil(() => Directory.GetDirectories($"/proc/{_process.Id}/task").Any(task => Name(task) == ".NET SigHandler"), Timeout),
        "The command registers no handler of signals.");

    /// <summary>Waits until the command has a child process, and returns its number.</summary>
    public int WaitForChild() => ProcessChildren.WaitForOne(_process.Id, () => _process.HasExited);

    public void Send(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until the process ends.</summary>
    public async Task<CommandRun> Finish()
    {
        var output = await _process.StandardOutput.ReadToEndAsync();
        var error = await _error;
        Assert.True(_process.WaitForExit(Timeout));
        return new CommandRun(_process.ExitCode, output, error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static string Name(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).Trim();
        }
        catch (IOException)
        {
            return ""; // The thread has ended.
        }
    }
}
