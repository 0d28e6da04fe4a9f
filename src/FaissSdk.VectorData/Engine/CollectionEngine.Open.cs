using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Storage;

namespace FaissSdk.VectorData.Indexes;

internal sealed partial class CollectionEngine
{
    private long _openings;

    // Loads the index files, masks vectors that the database no longer has, and reads those that the files lack.
    private CollectionState Open(Connection connection, CollectionRow row)
    {
        var properties = new PropertyState[schema.Vectors.Count];
        for (var i = 0; i < properties.Length; i++)
        {
            var vector = schema.Vectors[i];
            FilesFor(row, vector).DeleteLeftovers();
            properties[i] = new PropertyState(new Delta(vector.Metric, vector.Dimension)) { Main = LoaderFor(row, vector).LoadNewest(row, () => ReadVersion(row)) };
        }

        return CatchUp(connection, new CollectionState(row.Id, row.Token, row.Version, 0, ++_openings, properties), row);
    }

    // Reads the current version of a collection, or null if it was deleted or replaced.
    private long? ReadVersion(CollectionRow row) => ReadRow(current => row.IsContinuedBy(current))?.Version;

    private IndexFiles FilesFor(CollectionRow row, VectorColumn vector) => new(database.IndexFolder, row.Id, row.Token, vector);

    private IndexLoader LoaderFor(CollectionRow row, VectorColumn vector) => new(FilesFor(row, vector), vector, Name, database.MapsIndexes, database.Logger);
}
