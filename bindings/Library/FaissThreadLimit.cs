using FaissSdk.Interop;

namespace FaissSdk;

/// <summary>Represents the limit set by <see cref="FaissThreads.Limit"/>, which lasts until it is disposed. It belongs to the thread that set it.</summary>
public readonly ref struct FaissThreadLimit
{
    // 0 for default(FaissThreadLimit): Dispose does nothing.
    private readonly int _before;
    private readonly bool _wasLimited;

    internal FaissThreadLimit(int before, bool wasLimited) => (_before, _wasLimited) = (before, wasLimited);

    /// <summary>Restores the previous number of threads for FAISS calls by this thread.</summary>
    public void Dispose()
    {
        if (_before > 0)
        {
            FaissThreads.TrySet(_before);
            DefaultThreads.EndLimit(_wasLimited);
        }
    }
}
