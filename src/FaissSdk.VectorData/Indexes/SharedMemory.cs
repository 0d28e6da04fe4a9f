namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents memory outside the managed heap that states and searches share, and that its last user frees.</summary>
internal abstract class SharedMemory
{
    private int _users = 1;

    /// <summary>Keeps the memory while a search runs. The caller makes sure that it is not freed meanwhile.</summary>
    public void AddUser() => Interlocked.Increment(ref _users);

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Free();
        }
    }

    protected abstract void Free();
}
