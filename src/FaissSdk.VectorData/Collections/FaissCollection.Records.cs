using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Filters;
using FaissSdk.VectorData.Indexes;
using FaissSdk.VectorData.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace FaissSdk.VectorData;

public partial class FaissCollection<TKey, TRecord>
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The key contains U+0000 or half of a surrogate pair.</exception>
    public override Task<TRecord?> GetAsync(TKey key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var vectors = IncludesVectors(options?.IncludeVectors ?? false);
        var checkedKey = CheckKey(key);
        return ReadAsync("Get", session => Find(session, checkedKey, vectors), cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A key contains U+0000 or half of a surrogate pair.</exception>
    public override async IAsyncEnumerable<TRecord> GetAsync(IEnumerable<TKey> keys, RecordRetrievalOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var vectors = IncludesVectors(options?.IncludeVectors ?? false);
        object[] checkedKeys = [.. keys.Select(key => CheckKey(key))];
        if (checkedKeys.Length == 0)
        {
            yield break;
        }

        var records = await ReadAsync("Get", session => checkedKeys.Select(key => Find(session, key, vectors)).OfType<TRecord>().ToList(), cancellationToken).ConfigureAwait(false);
        foreach (var record in records)
        {
            yield return record;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">A part of the filter cannot be translated to SQL, or records cannot be ordered by a property.</exception>
    public override async IAsyncEnumerable<TRecord> GetAsync(Expression<Func<TRecord, bool>> filter, int top, FilteredRecordRetrievalOptions<TRecord>? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(top);
        options ??= new();
        var vectors = IncludesVectors(options.IncludeVectors);
        var where = FilterTranslator.Translate(filter, _schema);
        var order = string.Concat((options.OrderBy?.Invoke(new()).Values ?? []).Select(sort => OrderSql(sort) + ", "));
        var condition = $"WHERE {where.Sql} ORDER BY {order}faiss_id LIMIT ? OFFSET ?";
        var records = await ReadAsync("Get", session =>
        {
            using var rows = session.Connection.Prepare($"SELECT faiss_id, {_schema.AllSql} FROM {CollectionSchema.DataTable(session.State.CollectionId)} AS {DataColumn.Alias} {condition}");
            rows.BindAll(1, where.Parameters).Bind(where.Parameters.Length + 1, top).Bind(where.Parameters.Length + 2, options.Skip);
            var found = new List<TRecord>();
            while (rows.Step())
            {
                found.Add(ReadRecord(session, rows, vectors));
            }

            return found;
        }, cancellationToken).ConfigureAwait(false);
        foreach (var record in records)
        {
            yield return record;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The record has no key, a key that contains U+0000 or half of a surrogate pair, data that cannot be stored (NaN, or a string with U+0000 in a list), or a vector that has another dimension, contains NaN or infinity, or is zero where directions are compared.</exception>
    /// <exception cref="InvalidOperationException">A key is to be generated, and a record has or had the greatest number as its key.</exception>
    public override Task UpsertAsync(TRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        return UpsertCoreAsync([record], cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// One transaction: all records are stored, or none. A sequence is enumerated within it: other writers wait for a slow one, and one that
    /// itself waits for a write to the same store never ends.
    /// </remarks>
    /// <exception cref="ArgumentException">A record is null, has no key, the key of another record, a key that contains U+0000 or half of a surrogate pair, data that cannot be stored (NaN, or a string with U+0000 in a list), or a vector that has another dimension, contains NaN or infinity, or is zero where directions are compared.</exception>
    /// <exception cref="InvalidOperationException">A key is to be generated, and a record has or had the greatest number as its key.</exception>
    public override Task UpsertAsync(IEnumerable<TRecord> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        return UpsertCoreAsync(records, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The key contains U+0000 or half of a surrogate pair.</exception>
    public override Task DeleteAsync(TKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return DeleteCoreAsync([CheckKey(key)], cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>One transaction.</remarks>
    /// <exception cref="ArgumentException">A key contains U+0000 or half of a surrogate pair.</exception>
    public override Task DeleteAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        object[] checkedKeys = [.. keys.Select(key => CheckKey(key))];
        return checkedKeys.Length == 0 ? Task.CompletedTask : DeleteCoreAsync(checkedKeys, cancellationToken);
    }

    private async Task UpsertCoreAsync(IEnumerable<TRecord> records, CancellationToken cancellationToken)
    {
        var vectors = await RecordVectors<TRecord>.CreateAsync(_schema, records, cancellationToken).ConfigureAwait(false);
        var keys = new RecordKeys<TRecord>(_schema);
        keys.Reserve(vectors.Records);
        await WriteAsync("Upsert", session =>
        {
            // A sequence may make each record when it is asked for, with the same buffer for all vectors.
            session.CopiesVectors = vectors.Records is not (TRecord[] or List<TRecord>);
            var position = 0;
            foreach (var record in vectors.Records)
            {
                cancellationToken.ThrowIfCancellationRequested();
                RecordVectors<TRecord>.CheckRecord(record, position, nameof(records));
                var key = keys.Get(session, record, position);
                _writer.Upsert(session, key, record, vectors.Get(record, key, position));
                position++;
            }
        }, cancellationToken).ConfigureAwait(false);
        keys.Assign();
    }

    private Task DeleteCoreAsync(object[] keys, CancellationToken cancellationToken) => WriteAsync("Delete", session =>
    {
        foreach (var key in keys)
        {
            _writer.Delete(session, key);
        }
    }, cancellationToken);

    private async Task WriteAsync(string operation, Action<WriteSession> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_checked is null)
        {
            await PrepareAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            while (!await _engine.WriteAsync(IsChecked, write, cancellationToken).ConfigureAwait(false))
            {
                await PrepareAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SqliteException exception)
        {
            throw Failure.Of(exception, _core.Database, Name, operation);
        }
    }

    private TRecord? Find(ReadSession session, object key, bool vectors)
    {
        using var row = session.Connection.Prepare($"SELECT faiss_id, {_schema.AllSql} FROM {CollectionSchema.DataTable(session.State.CollectionId)} WHERE {_schema.Key.Sql} = ?");
        return row.BindStored(1, _schema.Key.Type.Store(key)).Step() ? ReadRecord(session, row, vectors) : null;
    }

    private TRecord ReadRecord(ReadSession session, Statement row, bool vectors)
    {
        var record = _mapper.Read(row, 1);
        if (vectors)
        {
            _mapper.ReadVectors(session.Connection, session.State.CollectionId, row.GetInt64(0), record);
        }

        return record;
    }

    private string OrderSql(FilteredRecordRetrievalOptions<TRecord>.OrderByDefinition.SortInfo sort)
    {
        var property = _schema.Model.GetDataOrKeyProperty(sort.PropertySelector);
        DataColumn? column = _schema.Columns.Append(_schema.Key).FirstOrDefault(column => column.Property == property);
        return column is { Type.ElementType: null }
            ? column.Sql + (sort.Ascending ? " ASC" : " DESC")
            : throw new NotSupportedException($"Records cannot be ordered by the property '{property.ModelName}', which is a {(column is null ? "vector" : "list")}.");
    }

    private object CheckKey(object? key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.GetType() != _schema.Key.Type.Type)
        {
            throw new ArgumentException($"The key '{key}' is of type {key.GetType().Name}, and the keys of '{Name}' are of type {_schema.Key.Type.Type.Name}.", nameof(key));
        }

        KeyText.Check(key, nameof(key));
        return key;
    }

    private bool IncludesVectors(bool wanted) => wanted && _schema.Vectors.Any(vector => vector.IsGenerated)
        ? throw new NotSupportedException(VectorDataStrings.IncludeVectorsNotSupportedWithEmbeddingGeneration)
        : wanted;
}
