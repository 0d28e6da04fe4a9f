namespace FaissSdk.Cli;

/// <summary>What the command line asks for cannot be done as it stands.</summary>
internal sealed class UsageException(string message) : Exception(message);
