namespace FaissSdk.Orleans;

/// <summary>Releases the memory of shards that a new version of a collection has replaced.</summary>
internal static class Retirement
{
    public static void Schedule(IGrainFactory grains, CollectionManifest before, CollectionManifest after, TimeSpan delay)
    {
        var gone = before.Shards.Except(after.Shards).Where(file => file.Name.Length > 0).ToArray();
        if (gone.Length > 0)
        {
            _ = Task.Run(() => RetireAsync(grains, before, gone, delay));
        }
    }

    private static async Task RetireAsync(IGrainFactory grains, CollectionManifest before, ShardFile[] gone, TimeSpan delay)
    {
        await Task.Delay(delay).ConfigureAwait(false);
        foreach (var (file, replica) in gone.SelectMany(file => Enumerable.Range(0, before.Replicas).Select(replica => (file, replica))))
        {
            try
            {
                await grains.GetGrain<IIndexShard>(new ShardKey(before.FaissVersion, replica, before.Replicas, file.Name).ToString()).Retire().ConfigureAwait(false);
            }
            // A silo that is lost or stopping holds no memory.
            catch (Exception error) when (Transient.Is(error) || error is ShardException or ObjectDisposedException or InvalidOperationException)
            {
            }
        }
    }
}
