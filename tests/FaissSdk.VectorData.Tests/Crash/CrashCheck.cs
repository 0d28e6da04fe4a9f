namespace FaissSdk.VectorData.Tests;

/// <summary>Counts what a store has lost or mixed up, compared with the changes that its writer reported.</summary>
internal sealed class CrashCheck
{
    private readonly Dictionary<int, int> _versions = [];
    private (bool IsDelete, int Version, int[] Keys)? _pending;

    public int Torn { get; private set; }

    public int Missing { get; private set; }

    public int Stale { get; private set; }

    public int Acknowledged { get; private set; }

    public int LastVersion { get; private set; }

    public string Faults { get; private set; } = "";

    public int LiveCount => _versions.Count;

    /// <summary>Reads a line of the writer, which may be truncated.</summary>
    public void Read(string line)
    {
        if (line.Split(' ') is [var operation, var version, .. var keys])
        {
            LastVersion = int.Parse(version, System.Globalization.CultureInfo.InvariantCulture);
            if (operation == "done")
            {
                Apply();
                Acknowledged++;
            }
            else
            {
                _pending = (operation == "delete", LastVersion, [.. keys.Select(key => int.Parse(key, System.Globalization.CultureInfo.InvariantCulture))]);
            }
        }
    }

    /// <summary>Compares a store with the reported changes; the last one may be stored or not, but not in part.</summary>
    public async Task Check(VectorStoreCollection<string, Item> items, bool isExact, Random random)
    {
        var keys = Enumerable.Range(0, CrashWriter.KeyCount).ToArray();
        var stored = await items.GetAsync(keys.Select(CrashWriter.Key), new RecordRetrievalOptions { IncludeVectors = true }).ToDictionaryAsync(item => item.Key);
        if (_pending is { } pending)
        {
            var affected = pending.IsDelete ? pending.Keys.Where(_versions.ContainsKey).ToArray() : pending.Keys;
            var happened = affected.Count(key => IsDone(key, pending.IsDelete, pending.Version));
            if (happened == affected.Length)
            {
                Apply();
            }
            else if (happened > 0)
            {
                Torn += Fault($"batch {pending.Version} has happened in part: {happened} of {affected.Length}");
            }

            _pending = null;
        }

        foreach (var key in keys)
        {
            var item = stored.GetValueOrDefault(CrashWriter.Key(key));
            if (_versions.TryGetValue(key, out var version))
            {
                if (item is null || item.Number < version)
                {
                    Missing += Fault($"{key} of version {version} is {(item is null ? "missing" : $"of version {item.Number}")}");
                }
                else if (!item.HasDataOf(CrashWriter.Create(key, version)) || !item.Vector.Span.SequenceEqual(CrashWriter.Create(key, version).Vector.Span))
                {
                    Torn += Fault($"{key} of version {version} is {item}");
                }
            }
            else if (item is not null)
            {
                Stale += Fault($"{key} was deleted, and is {item}");
            }
        }

        await CheckSearches(items, isExact, random);

        bool IsDone(int key, bool isDelete, int version) =>
            stored.TryGetValue(CrashWriter.Key(key), out var item) ? !isDelete && item.Number == version : isDelete;
    }

    private async Task CheckSearches(VectorStoreCollection<string, Item> items, bool isExact, Random random)
    {
        var all = await items.SearchAsync(CrashWriter.Create(0, 0).Vector, CrashWriter.KeyCount + 10).ToListAsync();
        foreach (var result in all.Where(result => !IsCurrent(result.Record)))
        {
            Stale += Fault($"a search finds {result.Record}");
        }

        if (isExact ? all.Count != _versions.Count : all.Count < 0.9 * _versions.Count)
        {
            Missing += Fault($"a search for all finds {all.Count} of {_versions.Count}");
        }

        foreach (var (key, version) in _versions.OrderBy(_ => random.Next()).Take(20).ToArray())
        {
            var item = CrashWriter.Create(key, version);
            var found = await items.SearchAsync(item.Vector, 1).ToListAsync();
            if (isExact && (found is not [{ Score: > 0.9999 }] || found[0].Record.Key != item.Key))
            {
                Missing += Fault($"{key} is not found by its vector, but {(found is [var other] ? other.Record : "nothing")}");
            }

            var words = await ((IKeywordHybridSearchable<Item>)items).HybridSearchAsync(item.Vector, [CrashWriter.Word(key, version)], 3).ToListAsync();
            if (words.Count == 0 || words.Any(result => !IsCurrent(result.Record)) || (isExact && words[0].Record.Key != item.Key))
            {
                Stale += Fault($"{key} is not found by its word");
            }
        }

        bool IsCurrent(Item item) => _versions.TryGetValue(item.Optional!.Value, out var version) && version == item.Number;
    }

    private void Apply()
    {
        if (_pending is not { } pending)
        {
            return;
        }

        foreach (var key in pending.Keys)
        {
            if (pending.IsDelete)
            {
                _versions.Remove(key);
            }
            else
            {
                _versions[key] = pending.Version;
            }
        }

        _pending = null;
    }

    private int Fault(string fault)
    {
        Faults += Faults.Length < 2000 ? fault + "\n" : "";
        return 1;
    }
}
