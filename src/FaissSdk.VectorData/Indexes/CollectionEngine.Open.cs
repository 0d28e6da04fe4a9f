using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Storage;

namespace FaissSdk.VectorData.Indexes;

internal sealed partial class CollectionEngine
{
    private CollectionState Open(Connection connection, CollectionRow row)
    {
        PropertyState[] properties = [.. schema.Vectors.Select(vector => new PropertyState(new Delta(vector.Metric, vector.Dimension)))];
        return CatchUp(connection, new CollectionState(row.Id, row.Version, 0, properties), row);
    }

    private void SealWhereDue()
    {
    }
}
