namespace FaissSdk.Generator;

/// <summary>An error for the user to read: what is wrong, and where.</summary>
internal sealed class GeneratorException(string message) : Exception(message)
{
    public GeneratorException(SourceLocation location, string message)
        : this($"{location}: {message}")
    {
    }
}
