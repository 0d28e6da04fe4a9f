using Microsoft.Extensions.Logging;
using Microsoft.Extensions.VectorData;

namespace FaissSdk.VectorData;

/// <summary>Represents the options of a <see cref="FaissCollection{TKey, TRecord}"/>.</summary>
public sealed class FaissCollectionOptions : VectorStoreCollectionOptions
{
    /// <summary>Initializes options with their defaults.</summary>
    public FaissCollectionOptions()
    {
    }

    /// <summary>Initializes options as a copy of others.</summary>
    /// <param name="source">The options that are copied, or <see langword="null"/> for the defaults.</param>
    public FaissCollectionOptions(FaissCollectionOptions? source)
        : base(source)
    {
        LoggerFactory = source?.LoggerFactory;
        BusyTimeout = source?.BusyTimeout ?? BusyTimeout;
        MapIndexFiles = source?.MapIndexFiles ?? true;
    }

    /// <summary>Gets or sets the factory of the logger, or <see langword="null"/> to log nothing. A collection of a store logs as the store does.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Gets or sets how long an operation waits for another writer; 30 seconds by default, and without a limit with <see cref="Timeout.InfiniteTimeSpan"/>. A collection of a store waits as the store does.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets a value indicating whether index files are mapped into memory if the loaded FAISS can map that kind of index, which takes a fraction of the memory; <see langword="true"/> by default. A collection of a store maps as the store does.</summary>
    public bool MapIndexFiles { get; set; } = true;
}
