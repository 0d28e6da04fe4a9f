namespace FaissSdk.VectorData.Tests;

/// <summary>The calls of a random sequence.</summary>
internal enum StoreOperation
{
    Upsert,
    UpsertOne,
    Delete,
    Get,
    GetFiltered,
    Search,
    SearchFiltered,
    Seal,
    Reopen,
    ReopenWithoutIndexes,
}
