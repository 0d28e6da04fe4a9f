namespace FaissSdk.Cli;

/// <summary>What the process returns to its caller.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The backends disagree, or the work failed.</summary>
    public const int Failure = 1;

    /// <summary>An option or the content of an input file is wrong.</summary>
    public const int BadInput = 2;

    /// <summary>Cancelled by Ctrl+C (128 + SIGINT).</summary>
    public const int Cancelled = 130;

    /// <summary>Cancelled by SIGTERM (128 + SIGTERM).</summary>
    public const int Terminated = 143;
}
