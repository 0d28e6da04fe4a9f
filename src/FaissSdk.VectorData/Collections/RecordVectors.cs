using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace FaissSdk.VectorData.Collections;

/// <summary>Holds the vectors of the records of a batch, given or generated.</summary>
internal sealed class RecordVectors<TRecord>
    where TRecord : class
{
    private readonly CollectionSchema _schema;
    private readonly IReadOnlyList<Embedding>?[] _generated;

    private RecordVectors(CollectionSchema schema, IEnumerable<TRecord> records, IReadOnlyList<Embedding>?[] generated)
    {
        _schema = schema;
        Records = records;
        _generated = generated;
    }

    public IEnumerable<TRecord> Records { get; }

    public static async Task<RecordVectors<TRecord>> CreateAsync(CollectionSchema schema, IEnumerable<TRecord> records, CancellationToken cancellationToken)
    {
        var generated = new IReadOnlyList<Embedding>?[schema.Vectors.Count];
        if (!schema.Vectors.Any(vector => vector.IsGenerated))
        {
            return new(schema, records, generated);
        }

        var list = records as IReadOnlyList<TRecord> ?? [.. records];
        for (var i = 0; i < list.Count; i++)
        {
            CheckRecord(list[i], i, nameof(records));
        }

        foreach (var vector in schema.Vectors.Where(vector => vector.IsGenerated && list.Count > 0))
        {
            generated[vector.Ordinal] = await GenerateAsync(vector, list, cancellationToken).ConfigureAwait(false);
        }

        return new(schema, list, generated);
    }

    /// <exception cref="ArgumentException">The record is null.</exception>
    public static void CheckRecord(TRecord? record, int position, string argument)
    {
        if (record is null)
        {
            throw new ArgumentException($"The record at position {position} is null.", argument);
        }
    }

    /// <summary>Gets the vectors of a record, checked.</summary>
    public ReadOnlyMemory<float>?[] Get(TRecord record, object key, int position)
    {
        var vectors = new ReadOnlyMemory<float>?[_schema.Vectors.Count];
        foreach (var vector in _schema.Vectors)
        {
            var generated = _generated[vector.Ordinal];
            var value = generated is null ? vector.Property.GetValueAsObject(record) : generated[position];
            if (VectorColumn.ToVector(value) is { } found)
            {
                vector.Check(found.Span, $"The vector of the record with the key '{key}'", nameof(record));
                vectors[vector.Ordinal] = found;
            }
        }

        return vectors;
    }

    private static async Task<IReadOnlyList<Embedding>> GenerateAsync(VectorColumn vector, IReadOnlyList<TRecord> records, CancellationToken cancellationToken)
    {
        IReadOnlyList<Embedding> embeddings;
        try
        {
            embeddings = await vector.Property.GenerateEmbeddingsAsync(records.Select(record => vector.Property.GetValueAsObject(record)), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new VectorStoreException($"The embedding generator of the property '{vector.Property.ModelName}' failed for {records.Count} records: {exception.Message} Nothing was stored.", exception);
        }

        if (embeddings.Count != records.Count)
        {
            throw new VectorStoreException($"The embedding generator of the property '{vector.Property.ModelName}' returned {embeddings.Count} embeddings for {records.Count} records. Nothing was stored.");
        }

        foreach (var embedding in embeddings)
        {
            CheckGenerated(vector, embedding);
        }

        return embeddings;
    }

    public static void CheckGenerated(VectorColumn vector, Embedding embedding)
    {
        if (VectorColumn.ToVector(embedding) is { } found && found.Length != vector.Dimension)
        {
            throw new VectorStoreException($"The embedding generator of the property '{vector.Property.ModelName}' returned {found.Length} dimensions, and the property has {vector.Dimension}. Set the dimensions of the generator, or define the property with {found.Length}.");
        }
    }
}
