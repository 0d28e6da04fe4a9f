namespace FaissSdk.Orleans;

/// <summary>Represents the description of a set of points in the store; its key is the name of the set.</summary>
[Alias("FaissSdk.IPointSetDirectory")]
internal interface IPointSetDirectory : IGrainWithStringKey
{
    /// <summary>Returns the description, or null if there is no such set.</summary>
    [Alias("Get")]
    Task<PointSetManifest?> Get();

    /// <summary>Writes the description of a new, closed or sealed set.</summary>
    [Alias("Commit")]
    Task Commit(PointSetManifest manifest);

    /// <summary>Deletes the set.</summary>
    [Alias("Delete")]
    [ResponseTimeout("00:10:00")]
    Task Delete();
}
