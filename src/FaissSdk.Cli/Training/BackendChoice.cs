namespace FaissSdk.Cli;

/// <summary>Specifies the implementations that a command trains with.</summary>
internal enum BackendChoice
{
    Auto,
    Native,
    Managed,
    Both,
}
