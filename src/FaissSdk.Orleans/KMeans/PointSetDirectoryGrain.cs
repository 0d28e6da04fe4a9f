using Orleans.Concurrency;

namespace FaissSdk.Orleans;

/// <summary>Reads and writes the description of a set of points.</summary>
[Reentrant]
internal sealed class PointSetDirectoryGrain(ShardFiles files) : Grain, IPointSetDirectory
{
    private string Name => this.GetPrimaryKeyString();

    public Task<PointSetManifest?> Get() => StoreErrors.Name(async () =>
    {
        foreach (var state in PointSetManifest.StatesFromNewest)
        {
            if (await ReadAsync(PointSetManifest.FileName(Name, state)) is { } content)
            {
                return PointSetManifest.Parse(content, PointSetManifest.FileName(Name, state));
            }
        }

        return null;
    });

    public Task Commit(PointSetManifest manifest) => StoreErrors.Name(async () =>
    {
        var content = manifest.ToJson();
        var isWritten = await files.Store.TryWriteAsync(manifest.GetFileName(), (file, cancellation) => file.WriteAsync(content, cancellation).AsTask());
        // The same points may be closed and sealed by a call whose answer was lost, but two callers may not create one set.
        if (!isWritten && !((manifest.IsClosed || manifest.IsSealed) && await ReadAsync(manifest.GetFileName()) is { } stored && stored.AsSpan().SequenceEqual(content)))
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

    private async Task<byte[]?> ReadAsync(string name)
    {
        try
        {
            using var content = new MemoryStream();
            await using var file = await files.Store.OpenReadAsync(name);
            await file.CopyToAsync(content);
            return content.ToArray();
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
