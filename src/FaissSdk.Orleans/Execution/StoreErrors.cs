namespace FaissSdk.Orleans;

/// <summary>Converts errors of the store to a type that callers on other machines recognize.</summary>
internal static class StoreErrors
{
    public static async Task<T> Name<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ShardStoreException($"The store failed: {error.Message} Nothing was changed; repeat the call when the store can be read and written.", error);
        }
    }

    public static async Task Name(Func<Task> call) => await Name(async () =>
    {
        await call();
        return true;
    });
}
