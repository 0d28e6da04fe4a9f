using System.Runtime.CompilerServices;
using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Filters;
using FaissSdk.VectorData.Indexes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace FaissSdk.VectorData;

public partial class FaissCollection<TKey, TRecord>
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The query has another dimension, contains NaN or infinity, or is zero where directions are compared.</exception>
    /// <exception cref="NotSupportedException">A part of the filter cannot be translated to SQL, or there is no generator for the search value.</exception>
    public override async IAsyncEnumerable<VectorSearchResult<TRecord>> SearchAsync<TInput>(TInput searchValue, int top, VectorSearchOptions<TRecord>? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(searchValue);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(top);
        options ??= new();
        var vectors = IncludesVectors(options.IncludeVectors);
        var column = ColumnOf(_schema.Model.GetVectorPropertyOrSingle(options));
        var filter = options.Filter is null ? null : FilterTranslator.Translate(options.Filter, _schema);
        var query = await ToQueryAsync(column, searchValue, cancellationToken).ConfigureAwait(false);
        var count = (int)Math.Min((long)top + options.Skip, int.MaxValue);
        var results = await ReadAsync("Search", session =>
        {
            var match = filter is null ? null : _engine.Filters.Get(session, filter);
            var nearest = VectorSearch.Find(session, column, query.Span, count, match).Skip(options.Skip);
            return ReadRecords(session, nearest, score => options.ScoreThreshold is not { } threshold || column.Metric.Reaches(score, threshold), vectors);
        }, cancellationToken).ConfigureAwait(false);
        foreach (var result in results)
        {
            yield return result;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The ranks in the vector search and in full-text search (BM25) are fused: the score is Σ 1 / (60 + rank) over the first 1000 of both. Pages
    /// neither repeat nor omit records as long as <paramref name="top"/> and the skipped results are at most 500 together; from there on, the
    /// number of ranks doubles when twice their sum passes a power of two.
    /// </remarks>
    /// <exception cref="ArgumentException">A keyword is null, or the query has another dimension, contains NaN or infinity, or is zero where directions are compared.</exception>
    /// <exception cref="InvalidOperationException">No property, or more than one, has full-text search, and the options name none.</exception>
    /// <exception cref="NotSupportedException">A part of the filter cannot be translated to SQL, or there is no generator for the search value.</exception>
    public async IAsyncEnumerable<VectorSearchResult<TRecord>> HybridSearchAsync<TInput>(TInput searchValue, ICollection<string> keywords, int top, HybridSearchOptions<TRecord>? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TInput : notnull
    {
        ArgumentNullException.ThrowIfNull(searchValue);
        ArgumentNullException.ThrowIfNull(keywords);
        if (keywords.Any(keyword => keyword is null))
        {
            throw new ArgumentException("A keyword is null.", nameof(keywords));
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(top);
        options ??= new();
        var vectors = IncludesVectors(options.IncludeVectors);
        var column = ColumnOf(_schema.Model.GetVectorPropertyOrSingle(new VectorSearchOptions<TRecord> { VectorProperty = options.VectorProperty }));
        var text = _schema.Model.GetFullTextDataPropertyOrSingle(options.AdditionalProperty);
        var filter = options.Filter is null ? null : FilterTranslator.Translate(options.Filter, _schema);
        var query = await ToQueryAsync(column, searchValue, cancellationToken).ConfigureAwait(false);
        var count = (int)Math.Min((long)top + options.Skip, int.MaxValue);
        var results = await ReadAsync("HybridSearch", session =>
        {
            var depth = RankFusion.DepthFor(count);
            var match = filter is null ? null : _engine.Filters.Get(session, filter);
            var nearest = VectorSearch.Find(session, column, query.Span, depth, match).Select(result => result.Id);
            IEnumerable<long> matching = TextSearch.Find(session, _schema, text, keywords, depth, filter);
            var fused = RankFusion.Fuse(nearest, matching).Take(count).Skip(options.Skip);
            return ReadRecords(session, fused, score => !(score < options.ScoreThreshold), vectors);
        }, cancellationToken).ConfigureAwait(false);
        foreach (var result in results)
        {
            yield return result;
        }
    }

    // Reads the records of results in their order, up to the first whose score does not reach the threshold.
    private List<VectorSearchResult<TRecord>> ReadRecords(ReadSession session, IEnumerable<(long Id, double Score)> results, Predicate<double> isWanted, bool vectors)
    {
        var records = new List<VectorSearchResult<TRecord>>();
        using var row = session.Connection.Prepare($"SELECT faiss_id, {_schema.AllSql} FROM {CollectionSchema.DataTable(session.State.CollectionId)} WHERE faiss_id = ?");
        foreach ((var id, var score) in results.TakeWhile(result => isWanted(result.Score)))
        {
            if (row.Bind(1, id).Step())
            {
                records.Add(new VectorSearchResult<TRecord>(ReadRecord(session, row, vectors), score));
            }

            row.Reset();
        }

        return records;
    }

    private VectorColumn ColumnOf(VectorPropertyModel property) => _schema.Vectors.First(vector => vector.Property == property);

    private static async Task<ReadOnlyMemory<float>> ToQueryAsync<TInput>(VectorColumn column, TInput searchValue, CancellationToken cancellationToken)
        where TInput : notnull
    {
        ReadOnlyMemory<float> query;
        if (searchValue is ReadOnlyMemory<float> or float[] or Embedding<float>)
        {
            query = VectorColumn.ToVector(searchValue)!.Value;
        }
        else if (column.Property.EmbeddingGenerationDispatcher is not null)
        {
            query = await GenerateQueryAsync(column, searchValue, cancellationToken).ConfigureAwait(false);
        }
        else if (column.Property.EmbeddingGenerator is { } generator)
        {
            throw new InvalidOperationException(VectorDataStrings.IncompatibleEmbeddingGeneratorWasConfiguredForInputType(typeof(TInput), generator.GetType()));
        }
        else
        {
            throw new NotSupportedException(VectorDataStrings.InvalidSearchInputAndNoEmbeddingGeneratorWasConfigured(searchValue.GetType(), FaissModelBuilder.VectorTypes));
        }

        column.Check(query.Span, "The query", nameof(searchValue));
        return query;
    }

    private static async Task<ReadOnlyMemory<float>> GenerateQueryAsync(VectorColumn column, object searchValue, CancellationToken cancellationToken)
    {
        Embedding embedding;
        try
        {
            embedding = await column.Property.GenerateEmbeddingAsync(searchValue, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or InvalidOperationException))
        {
            throw new VectorStoreException($"The embedding generator of the property '{column.Property.ModelName}' failed for the search value: {exception.Message}", exception);
        }

        RecordVectors<TRecord>.CheckGenerated(column, embedding);
        return VectorColumn.ToVector(embedding)!.Value;
    }
}
