using System.Globalization;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Chooses the index of a vector property by its index kind and its annotations.</summary>
internal sealed class IndexSettings
{
    // Up to this many vectors, an exact search is fast enough that a graph gains little.
    private const long DynamicLimit = 20_000;

    private readonly string _kind;
    private readonly string? _factory;
    private readonly MetricType _metric;

    public IndexSettings(VectorPropertyModel property, VectorMetric metric)
    {
        var name = property.ModelName;
        _metric = metric.Type;
        _kind = property.IndexKind ?? IndexKind.Flat;
        if (_kind is not (IndexKind.Flat or IndexKind.Hnsw or IndexKind.IvfFlat or IndexKind.QuantizedFlat or IndexKind.Dynamic))
        {
            throw new NotSupportedException($"The vector property '{name}' has the index kind '{_kind}'. Supported are Flat, Hnsw, IvfFlat, QuantizedFlat and Dynamic, or any factory string by the annotation '{FaissAnnotations.Factory}'.");
        }

        _factory = Get<string>(property, FaissAnnotations.Factory);
        NProbe = GetNumber(property, FaissAnnotations.NProbe);
        EfSearch = GetNumber(property, FaissAnnotations.EfSearch);
        if (metric.Type == MetricType.L1 && (_factory is not null || _kind is IndexKind.IvfFlat or IndexKind.QuantizedFlat))
        {
            throw new NotSupportedException($"The vector property '{name}' has the distance function {metric.Name}, which only the index kinds Flat, Hnsw and Dynamic have. Use one of them, or EuclideanDistance.");
        }

        if (_factory is not null && FaissLibrary.IsAvailable)
        {
            CheckFactory(name, property.Dimensions);
        }

        if (!FaissLibrary.IsAvailable && (_factory is not null || _kind is not (IndexKind.Flat or IndexKind.Dynamic)))
        {
            throw new VectorStoreException($"The vector property '{name}' has {(_factory is null ? $"the index kind {_kind}" : $"the factory string '{_factory}'")}, which needs the native library of FAISS: {FaissLibrary.Failure} Add the package FaissSdk.Native, or use the index kind Flat.");
        }
    }

    public int? NProbe { get; }

    public int? EfSearch { get; }

    /// <summary>Gets a value indicating whether vectors stay in the delta forever, because the managed engine has no index for the metric.</summary>
    public bool NeverSeals => !FaissLibrary.IsAvailable && _metric == MetricType.L1;

    /// <summary>Gets the factory string of an index of <paramref name="count"/> vectors.</summary>
    public string GetFactory(long count) => _factory ?? _kind switch
    {
        IndexKind.Hnsw => "HNSW32",
        IndexKind.IvfFlat => string.Create(CultureInfo.InvariantCulture, $"IVF{CountLists(count)},Flat"),
        IndexKind.QuantizedFlat => "SQ8",
        IndexKind.Dynamic when count > DynamicLimit && FaissLibrary.IsAvailable => "HNSW32",
        _ => "Flat",
    };

    /// <summary>Determines whether an index of the factory string serves <paramref name="count"/> vectors.</summary>
    public bool Serves(string factory, long count) => _factory is not null || _kind != IndexKind.IvfFlat
        ? factory == GetFactory(count)
        : factory.StartsWith("IVF", StringComparison.Ordinal) && factory.EndsWith(",Flat", StringComparison.Ordinal);

    public override string ToString() => $"{_kind} {_factory} {NProbe} {EfSearch}";

    // FAISS trains on at least 39 vectors per list, and a search compares with all centroids.
    private static long CountLists(long count) => Math.Max(1, Math.Min((long)(4 * Math.Sqrt(count)), count / 39));

    private static T? Get<T>(VectorPropertyModel property, string annotation)
        where T : class
    {
        if (property.ProviderAnnotations is null || !property.ProviderAnnotations.TryGetValue(annotation, out var value) || value is null)
        {
            return null;
        }

        return value as T ?? throw new ArgumentException($"The annotation '{annotation}' of the property '{property.ModelName}' is of type {value.GetType().Name}; it has to be a {typeof(T).Name}.");
    }

    private static int? GetNumber(VectorPropertyModel property, string annotation) => Get<object>(property, annotation) switch
    {
        null => null,
        int number and >= 1 => number,
        object value => throw new ArgumentException($"The annotation '{annotation}' of the property '{property.ModelName}' is {value}; it has to be an int of at least 1."),
    };

    private void CheckFactory(string property, int dimension)
    {
        if (_factory!.Split(',').Any(part => part is "IDMap" or "IDMap2"))
        {
            throw new ArgumentException($"The annotation '{FaissAnnotations.Factory}' of the property '{property}' is '{_factory}', and the store numbers the vectors of an index itself. Leave the ID map out.");
        }

        try
        {
            using var index = FaissIndex.Create(dimension, _factory!, _metric);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or FaissException)
        {
            throw new ArgumentException($"The annotation '{FaissAnnotations.Factory}' of the property '{property}' is '{_factory}', of which FAISS makes no index of {dimension} dimensions: {exception.Message}", exception);
        }
    }
}
