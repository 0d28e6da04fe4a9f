namespace FaissSdk;

/// <summary>A limit of <see cref="FaissThreads.Limit"/>; of the thread that made it, which it cannot leave.</summary>
public readonly ref struct FaissThreadLimit
{
    // 0 in one that nothing made.
    private readonly int _before;

    internal FaissThreadLimit(int before) => _before = before;

    /// <summary>Gives FAISS's calls by this thread as many threads as before.</summary>
    public void Dispose()
    {
        if (_before > 0)
        {
            FaissThreads.Set(_before);
        }
    }
}
