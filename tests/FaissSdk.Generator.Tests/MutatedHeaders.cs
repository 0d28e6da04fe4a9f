namespace FaissSdk.Generator.Tests;

/// <summary>Real headers, and a copy with a change in one place.</summary>
internal sealed class MutatedHeaders : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MutatedHeaders(Mutation mutation)
    {
        var tree = HeaderTrees.Newest();
        Original = tree.Folder;
        Mutated = _folder.Copy("headers", tree.Root, tree.Headers);
        Before = File.ReadAllText(Path.Combine(Mutated, mutation.Header));
        After = mutation.Apply(Before);
        _folder.Write($"headers/{mutation.Header}", After);
        Target = Path.GetDirectoryName(_folder.Write("bindings/Generated/Index_c.g.cs", "as it was"))!;
    }

    public string Original { get; }

    public string Mutated { get; }

    /// <summary>Gets the text of the changed header before the change.</summary>
    public string Before { get; }

    /// <summary>Gets the text of the changed header after the change.</summary>
    public string After { get; }

    /// <summary>Gets a folder that a failing run must not change.</summary>
    public string Target { get; }

    public string Fingerprint() => _folder.Fingerprint();

    public void Dispose() => _folder.Dispose();
}
