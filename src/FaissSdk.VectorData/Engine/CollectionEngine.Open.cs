using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Storage;

namespace FaissSdk.VectorData.Indexes;

internal sealed partial class CollectionEngine
{
    // Loads the index files, masks vectors that the database no longer has, and reads those that the files lack.
    private CollectionState Open(Connection connection, CollectionRow row)
    {
        var properties = new PropertyState[schema.Vectors.Count];
        for (var i = 0; i < properties.Length; i++)
        {
            var vector = schema.Vectors[i];
            FilesFor(row, vector).DeleteLeftovers();
            properties[i] = new PropertyState(new Delta(vector.Metric, vector.Dimension)) { Main = LoaderFor(row, vector).LoadNewest(row, () => ReadRow(row.Id)?.Version) };
        }

        return CatchUp(connection, new CollectionState(row.Id, row.Version, 0, properties), row);
    }

    private IndexFiles FilesFor(CollectionRow row, VectorColumn vector) => new(database.IndexFolder, row.Id, row.Token, vector);

    private IndexLoader LoaderFor(CollectionRow row, VectorColumn vector) => new(FilesFor(row, vector), vector, Name, database.MapsIndexes, database.Logger);
}
