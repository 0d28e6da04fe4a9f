namespace FaissSdk.DamagedFiles;

/// <summary>Makes calls one after the other, and collects the names of those that throw.</summary>
internal sealed class Calls
{
    private readonly List<string> _failed = [];

    /// <summary>Gets the limits of a trial, which ends before the timeout of the tests.</summary>
    public static IndexValidation Validation { get; } = new() { Timeout = TimeSpan.FromSeconds(8) };

    /// <summary>Makes a call. An exception counts as much as a result here: only a call that ends the process fails.</summary>
    public void Make(string name, Action call)
    {
        // Names the call in case it ends the process.
        Console.Error.WriteLine($"in {name}");
        try
        {
            call();
        }
#pragma warning disable CA1031 // Whatever a damaged index throws is counted.
        catch (Exception)
#pragma warning restore CA1031
        {
            _failed.Add(name);
        }
    }

    public override string ToString() => _failed.Count == 0 ? "used" : $"used {string.Join(' ', _failed)}";

    /// <summary>Loads an index and uses it.</summary>
    /// <returns>The answer for its file.</returns>
    public static string Answer<TIndex>(Func<TIndex> load, Action<TIndex, Calls> use)
        where TIndex : IDisposable
    {
        TIndex index;
        try
        {
            index = load();
        }
#pragma warning disable CA1031 // Whatever loading throws is a refusal.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return $"refused {e.Message.ReplaceLineEndings(" ")}";
        }

        using (index)
        {
            var calls = new Calls();
            use(index, calls);
            return calls.ToString();
        }
    }
}
