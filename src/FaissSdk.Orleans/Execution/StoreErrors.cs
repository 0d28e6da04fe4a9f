namespace FaissSdk.Orleans;

/// <summary>Converts errors of the store to a type that callers on other machines recognize.</summary>
internal static class StoreErrors
{
    /// <summary>The advice for additions, of which other messages may have been stored.</summary>
    public const string SomeAdded = "Some of the vectors may be stored; repeat the call with the same ones when the store can be written, and they are stored once.";

    private const string NothingChanged = "Nothing was changed; repeat the call when the store can be read and written.";

    /// <summary>Makes a call, and names the errors of the store.</summary>
    /// <param name="call">Makes the call.</param>
    /// <param name="advice">What a failed call has changed, and what to do.</param>
    public static async Task<T> Name<T>(Func<Task<T>> call, string advice = NothingChanged)
    {
        try
        {
            return await call();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ShardStoreException($"The store failed: {error.Message} {advice}", error);
        }
    }

    public static async Task Name(Func<Task> call, string advice = NothingChanged) => await Name(
        async () =>
        {
            await call();
            return true;
        },
        advice);
}
