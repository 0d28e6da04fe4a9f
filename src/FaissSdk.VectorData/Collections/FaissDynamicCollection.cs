using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Store;

namespace FaissSdk.VectorData;

/// <summary>Represents a collection of records as dictionaries, by a definition. It works with trimming and NativeAOT.</summary>
public sealed class FaissDynamicCollection : FaissCollection<object, Dictionary<string, object?>>
{
    /// <summary>Initializes a collection with a database of its own, which is closed with it.</summary>
    /// <param name="path">The path of the database.</param>
    /// <param name="name">The name of the collection.</param>
    /// <param name="options">The options, with a definition.</param>
    /// <exception cref="ArgumentException">The path or the name is empty, or the options have no definition.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="FaissCollectionOptions.BusyTimeout"/> is negative and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    /// <exception cref="NotSupportedException">A property has a type, an index kind or a distance function that is not supported.</exception>
    public FaissDynamicCollection(string path, string name, FaissCollectionOptions options)
        : this(StoreCore.Create(path, options?.BusyTimeout, options?.MapIndexFiles, options?.LoggerFactory), ownsCore: true, name, options!)
    {
    }

    internal FaissDynamicCollection(StoreCore core, bool ownsCore, string name, FaissCollectionOptions options)
        : base(core, ownsCore, name, CreateSchema(name, options))
    {
    }

    private static CollectionSchema CreateSchema(string name, FaissCollectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var definition = options.Definition ?? throw new ArgumentException("A dynamic collection needs a definition. Set Definition.", nameof(options));
        return new CollectionSchema(name, new FaissModelBuilder().BuildDynamic(definition, definition.EmbeddingGenerator ?? options.EmbeddingGenerator));
    }
}
