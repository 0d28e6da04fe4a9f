namespace FaissSdk.Cli;

/// <summary>The exception that is thrown when the command line cannot be carried out as given.</summary>
internal sealed class UsageException(string message) : Exception(message);
