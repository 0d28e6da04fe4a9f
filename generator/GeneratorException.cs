namespace FaissSdk.Generator;

/// <summary>An error that is reported to the user by its message alone.</summary>
internal sealed class GeneratorException(string message) : Exception(message)
{
    public GeneratorException(SourceLocation location, string message)
        : this($"{location}: {message}")
    {
    }
}
