using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Storage;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents a transaction of the writer, with its changes to the indexes.</summary>
internal sealed class WriteSession(Connection connection, CollectionSchema schema, CollectionRow row)
{
    private long _lastId = row.LastId;
    private bool _changed;

    public Connection Connection => connection;

    public CollectionRow Row { get; private set; } = row;

    public long LastKey { get; set; } = row.LastKey;

    /// <summary>Gets the deleted ids.</summary>
    public HashSet<long> Removed { get; } = [];

    /// <summary>Gets the new ids of each vector property with their vectors, ascending.</summary>
    public List<(long Id, ReadOnlyMemory<float> Vector)>[] Added { get; } = [.. schema.Vectors.Select(_ => new List<(long, ReadOnlyMemory<float>)>())];

    /// <summary>Gets or sets a value indicating whether vectors are copied, because their memory may hold others before the commit.</summary>
    public bool CopiesVectors { get; set; }

    public bool HasChanges => _changed;

    public long NewId()
    {
        _changed = true;
        return ++_lastId;
    }

    public void Add(int property, long id, ReadOnlyMemory<float> vector) =>
        Added[property].Add((id, CopiesVectors ? vector.ToArray() : vector));

    public void MarkChanged() => _changed = true;

    public void Remove(long id)
    {
        _changed = true;
        Removed.Add(id);
    }

    /// <summary>Writes the new version of the collection.</summary>
    public void Finish()
    {
        Row = Row with { Version = Row.Version + 1, LastId = _lastId, LastKey = LastKey };
        using var update = connection.Prepare("UPDATE faiss_collections SET version = ?, last_id = ?, last_key = ? WHERE id = ?");
        update.Bind(1, Row.Version).Bind(2, Row.LastId).Bind(3, Row.LastKey).Bind(4, Row.Id).Run();
    }
}
