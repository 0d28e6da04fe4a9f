namespace FaissSdk.VectorData.Indexes;

/// <summary>Memory outside the managed heap that states and searches share, and that the last one frees.</summary>
internal abstract class SharedMemory
{
    private int _users = 1;

    /// <summary>Keeps the memory while a search runs. Called where it cannot be released for the last time.</summary>
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
