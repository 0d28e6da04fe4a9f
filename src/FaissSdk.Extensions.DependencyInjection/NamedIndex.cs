using FaissSdk;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Represents an index with the file that it is saved to: options can change later, and with them the path and whether to save.</summary>
internal sealed class NamedIndex(FaissIndex index, FaissIndexOptions options)
{
    /// <summary>Gets the index, which the service provider disposes.</summary>
    public FaissIndex Index { get; } = index;

    /// <summary>Gets the file that the index is saved to when the host has stopped, or <see langword="null"/> if it is not saved.</summary>
    public string? SavedTo { get; } = options.SaveAtShutdown ? options.Path : null;
}
