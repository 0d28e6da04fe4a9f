using System.Runtime.InteropServices;
using FaissSdk.VectorData.Indexes;

namespace FaissSdk.VectorData.Collections;

/// <summary>Writes and deletes records in a transaction.</summary>
internal sealed class RecordWriter<TRecord>
    where TRecord : class
{
    private readonly CollectionSchema _schema;
    private readonly RecordMapper<TRecord> _mapper;
    private readonly string _insert;
    private readonly string _update;

    public RecordWriter(CollectionSchema schema, RecordMapper<TRecord> mapper)
    {
        _schema = schema;
        _mapper = mapper;
        var parameters = string.Concat(Enumerable.Repeat(", ?", schema.StoredColumns));
        _insert = $"(faiss_id, {schema.AllSql}) VALUES (?{parameters})";
        _update = $"(faiss_id, {schema.AllSql}) = (?{parameters}) WHERE faiss_id = ?";
    }

    /// <summary>Writes a record under its key.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="key">The key.</param>
    /// <param name="record">The record.</param>
    /// <param name="vectors">The vectors in the order of the vector columns, which are checked.</param>
    public void Upsert(WriteSession session, object key, TRecord record, ReadOnlyMemory<float>?[] vectors)
    {
        var known = Find(session, key);
        if (known is { } same && HasVectors(session, same, vectors))
        {
            Update(session, same, same, key, record);
            session.MarkChanged();
            return;
        }

        var id = session.NewId();
        if (known is { } old)
        {
            // The row keeps the columns of properties that a later version of the program has added.
            RemoveVectors(session, old);
            Update(session, old, id, key, record);
        }
        else
        {
            using var insert = session.Connection.Prepare($"INSERT INTO {CollectionSchema.DataTable(session.Row.Id)} {_insert}");
            insert.Bind(1, id);
            _mapper.Bind(insert, 2, key, record);
            insert.Run();
            WriteTexts(session, id, record);
        }

        for (var i = 0; i < vectors.Length; i++)
        {
            if (vectors[i] is { } vector)
            {
                using var insert = session.Connection.Prepare($"INSERT INTO {CollectionSchema.VectorTable(session.Row.Id, i)} VALUES (?, ?)");
                insert.Bind(1, id).Bind(2, vector.Span).Run();
                session.Add(i, id, vector);
            }
        }
    }

    public void Delete(WriteSession session, object key)
    {
        if (Find(session, key) is { } id)
        {
            Remove(session, id);
        }
    }

    private long? Find(WriteSession session, object key)
    {
        using var find = session.Connection.Prepare($"SELECT faiss_id FROM {CollectionSchema.DataTable(session.Row.Id)} WHERE {_schema.Key.Sql} = ?");
        return find.BindStored(1, _schema.Key.Type.Store(key)).Step() ? find.GetInt64(0) : null;
    }

    // An id stands for vectors that never change, so a record whose vectors stay keeps its id.
    private static bool HasVectors(WriteSession session, long id, ReadOnlyMemory<float>?[] vectors)
    {
        for (var i = 0; i < vectors.Length; i++)
        {
            using var find = session.Connection.Prepare($"SELECT vector FROM {CollectionSchema.VectorTable(session.Row.Id, i)} WHERE faiss_id = ?");
            var exists = find.Bind(1, id).Step();
            if (vectors[i] is { } vector ? !exists || !MemoryMarshal.AsBytes(find.GetVector(0)).SequenceEqual(MemoryMarshal.AsBytes(vector.Span)) : exists)
            {
                return false;
            }
        }

        return true;
    }

    private void Update(WriteSession session, long old, long id, object key, TRecord record)
    {
        using (var update = session.Connection.Prepare($"UPDATE {CollectionSchema.DataTable(session.Row.Id)} SET {_update}"))
        {
            update.Bind(1, id).Bind(_schema.StoredColumns + 2, old);
            _mapper.Bind(update, 2, key, record);
            update.Run();
        }

        if (_schema.Texts.Count > 0)
        {
            DeleteRow(session, CollectionSchema.TextTable(session.Row.Id), "rowid", old);
            WriteTexts(session, id, record);
        }
    }

    private void RemoveVectors(WriteSession session, long id)
    {
        for (var i = 0; i < _schema.Vectors.Count; i++)
        {
            DeleteRow(session, CollectionSchema.VectorTable(session.Row.Id, i), "faiss_id", id);
        }

        session.Remove(id);
    }

    private void Remove(WriteSession session, long id)
    {
        RemoveVectors(session, id);
        DeleteRow(session, CollectionSchema.DataTable(session.Row.Id), "faiss_id", id);
        if (_schema.Texts.Count > 0)
        {
            DeleteRow(session, CollectionSchema.TextTable(session.Row.Id), "rowid", id);
        }
    }

    private static void DeleteRow(WriteSession session, string table, string column, long id)
    {
        using var delete = session.Connection.Prepare($"DELETE FROM {table} WHERE {column} = ?");
        delete.Bind(1, id).Run();
    }

    private void WriteTexts(WriteSession session, long id, TRecord record)
    {
        if (_schema.Texts.Count == 0)
        {
            return;
        }

        var columns = string.Join(", ", Enumerable.Range(0, _schema.Texts.Count).Select(i => "t" + i));
        var parameters = string.Concat(Enumerable.Repeat(", ?", _schema.Texts.Count));
        using var insert = session.Connection.Prepare($"INSERT INTO {CollectionSchema.TextTable(session.Row.Id)}(rowid, {columns}) VALUES (?{parameters})");
        insert.Bind(1, id);
        for (var i = 0; i < _schema.Texts.Count; i++)
        {
            var property = _schema.Texts[i].Property;
            insert.BindStored(i + 2, property.GetValueAsObject(record));
        }

        insert.Run();
    }
}
