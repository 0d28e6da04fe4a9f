namespace FaissSdk.Cli;

/// <summary>Defines the exit codes of the process.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The backends disagree or the work failed.</summary>
    public const int Failure = 1;

    /// <summary>An option or the content of an input file is invalid.</summary>
    public const int BadInput = 2;

    /// <summary>No setting of an index reaches the recall that was asked for.</summary>
    public const int GoalNotReached = 3;

    /// <summary>The command was canceled by Ctrl+C (128 + SIGINT).</summary>
    public const int Canceled = 130;

    /// <summary>The command was canceled by SIGTERM (128 + SIGTERM).</summary>
    public const int Terminated = 143;
}
