using FaissSdk.VectorData.Storage;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents a transaction of a reader with the indexes of the same version.</summary>
internal sealed class ReadSession : IDisposable
{
    private readonly Database _database;

    /// <summary>Initializes a session; the caller holds the gate, so that nothing of the state is released meanwhile.</summary>
    public ReadSession(Database database, Connection connection, CollectionState state)
    {
        _database = database;
        Connection = connection;
        State = state;
        foreach (var property in state.Properties)
        {
            property.AddUser();
        }
    }

    public Connection Connection { get; }

    public CollectionState State { get; }

    public void Dispose()
    {
        foreach (var property in State.Properties)
        {
            property.Release();
        }

        _database.Return(Connection);
    }
}
