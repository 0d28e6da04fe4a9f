using Orleans.Concurrency;

namespace FaissSdk.Orleans;

/// <summary>Reads and writes the description of a set of points.</summary>
[Reentrant]
internal sealed class PointSetDirectoryGrain(ShardFiles files) : Grain, IPointSetDirectory
{
    private string Name => this.GetPrimaryKeyString();

    public Task<PointSetManifest?> Get() => StoreErrors.Name(async () => await ReadAsync(isSealed: true) ?? await ReadAsync(isSealed: false));

    public Task Commit(PointSetManifest manifest) => StoreErrors.Name(async () =>
    {
        if (!await files.Store.TryWriteAsync(PointSetManifest.FileName(Name, manifest.IsSealed), (file, cancellation) => file.WriteAsync(manifest.ToJson(), cancellation).AsTask()))
        {
            throw new CollectionConflictException($"The store has points '{Name}'{(manifest.IsSealed ? ", which are sealed" : "")}; open them with GetPointSetAsync, or choose another name.");
        }
    });

    public Task Delete() => StoreErrors.Name(async () =>
    {
        // The description is deleted last, so that an interrupted call can be repeated.
        foreach (var name in (await files.Store.ListAsync($"points/{Name}/")).OrderBy(name => name.EndsWith(".json", StringComparison.Ordinal)))
        {
            await files.Store.DeleteAsync(name);
        }
    });

    private async Task<PointSetManifest?> ReadAsync(bool isSealed)
    {
        var name = PointSetManifest.FileName(Name, isSealed);
        try
        {
            using var content = new MemoryStream();
            await using var file = await files.Store.OpenReadAsync(name);
            await file.CopyToAsync(content);
            return PointSetManifest.Parse(content.GetBuffer().AsSpan(0, (int)content.Length), name);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
