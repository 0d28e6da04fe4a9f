using System.Runtime.InteropServices;

namespace FaissSdk.Cli;

/// <summary>Turns the first Ctrl+C or SIGTERM into a cancellation; a second one terminates the process.</summary>
internal sealed class TerminationSignals : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    public TerminationSignals()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Cancel(context, Cli.ExitCode.Canceled));
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Cancel(context, Cli.ExitCode.Terminated));
    }

    public CancellationToken Token => _cancellation.Token;

    /// <summary>Gets the exit code that belongs to the signal received.</summary>
    public int ExitCode { get; private set; } = Cli.ExitCode.Canceled;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _cancellation.Dispose();
    }

    private void Cancel(PosixSignalContext context, int exitCode)
    {
        if (_cancellation.IsCancellationRequested)
        {
            return;
        }

        context.Cancel = true;
        ExitCode = exitCode;
        _cancellation.Cancel();
    }
}
