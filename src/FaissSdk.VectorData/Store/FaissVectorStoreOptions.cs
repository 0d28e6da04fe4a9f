using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace FaissSdk.VectorData;

/// <summary>Represents the options of a <see cref="FaissVectorStore"/>.</summary>
public sealed class FaissVectorStoreOptions
{
    /// <summary>Initializes options with their defaults.</summary>
    public FaissVectorStoreOptions()
    {
    }

    /// <summary>Initializes options as a copy of others.</summary>
    /// <param name="source">The options that are copied, or <see langword="null"/> for the defaults.</param>
    public FaissVectorStoreOptions(FaissVectorStoreOptions? source)
    {
        EmbeddingGenerator = source?.EmbeddingGenerator;
        LoggerFactory = source?.LoggerFactory;
        BusyTimeout = source?.BusyTimeout ?? BusyTimeout;
        MapIndexFiles = source?.MapIndexFiles ?? true;
    }

    /// <summary>Gets or sets the generator of vectors for properties and queries that are not vectors themselves.</summary>
    public IEmbeddingGenerator? EmbeddingGenerator { get; set; }

    /// <summary>Gets or sets the factory of the logger, or <see langword="null"/> to log nothing.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Gets or sets how long an operation waits for another writer; 30 seconds by default, and without a limit with <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets a value indicating whether index files are mapped into memory if the loaded FAISS can map that kind of index, which takes a fraction of the memory; <see langword="true"/> by default.</summary>
    public bool MapIndexFiles { get; set; } = true;
}
