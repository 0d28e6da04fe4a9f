namespace FaissSdk.Generator;

/// <summary>The exception that is thrown for errors that are reported to the user by their message alone.</summary>
internal sealed class GeneratorException(string message) : Exception(message)
{
    public GeneratorException(SourceLocation location, string message)
        : this($"{location}: {message}")
    {
    }
}
