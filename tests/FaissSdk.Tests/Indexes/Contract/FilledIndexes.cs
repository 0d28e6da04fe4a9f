namespace FaissSdk.Tests.Indexes;

/// <summary>Caches one filled index of each kind for tests that only read it.</summary>
public sealed class FilledIndexes : IDisposable
{
    private readonly Dictionary<string, MadeIndex> _all = [];

    public void Dispose()
    {
        foreach (var made in _all.Values)
        {
            made.Dispose();
        }
    }

    internal FaissIndex Get(IndexKind kind)
    {
        if (!_all.TryGetValue(kind.Name, out var made))
        {
            made = kind.MakeFilled();
            _all.Add(kind.Name, made);
        }

        return made.Index;
    }
}
