namespace FaissSdk.Cli;

/// <summary>Which implementations a command trains with.</summary>
internal enum BackendChoice
{
    Auto,
    Native,
    Managed,
    Both,
}
