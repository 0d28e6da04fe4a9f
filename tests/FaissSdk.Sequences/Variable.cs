namespace FaissSdk.Sequences;

/// <summary>A variable of a sequence.</summary>
internal abstract class Variable(string name)
{
    public string Name { get; } = name;

    public bool IsDisposed { get; set; }

    public abstract void Dispose();
}

internal sealed class IndexVariable(string name, FaissIndex index, Model model) : Variable(name)
{
    public FaissIndex Index { get; } = index;

    public Model Model { get; set; } = model;

    /// <summary>Gets the composite indexes made of this one.</summary>
    public List<IndexVariable> Parents { get; } = [];

    /// <summary>Gets the parts of a composite index that are variables.</summary>
    public List<IndexVariable> Parts { get; } = [];

    /// <summary>Gets the file that the index was mapped from; it holds the inverted lists, and the index all else.</summary>
    public FileVariable? MappedFrom { get; init; }

    public bool IsView { get; init; }

    public bool IsHeld => IsView || Parents.Exists(parent => !parent.IsDisposed);

    public override void Dispose()
    {
        Index.Dispose();
        IsDisposed = true;
    }
}

internal sealed class BinaryVariable(string name, IndexBinary index, BinaryModel model) : Variable(name)
{
    public IndexBinary Index { get; } = index;

    public BinaryModel Model { get; set; } = model;

    public bool IsView { get; init; }

    public override void Dispose()
    {
        Index.Dispose();
        IsDisposed = true;
    }
}

/// <summary>An object without a model: a transform, parameters, a limit of threads.</summary>
internal sealed class OtherVariable(string name, IDisposable value) : Variable(name)
{
    public IDisposable Value { get; } = value;

    public override void Dispose()
    {
        Value.Dispose();
        IsDisposed = true;
    }
}

internal sealed class SelectorVariable(string name, IDSelector selector, Func<long, bool> contains) : Variable(name)
{
    public IDSelector Selector { get; } = selector;

    public Func<long, bool> Contains { get; } = contains;

    public override void Dispose()
    {
        Selector.Dispose();
        IsDisposed = true;
    }
}

internal sealed class ParametersVariable(string name, SearchParameters parameters, SelectorVariable? selector) : Variable(name)
{
    public SearchParameters Parameters { get; } = parameters;

    public SelectorVariable? Selector { get; } = selector;

    public override void Dispose()
    {
        Parameters.Dispose();
        IsDisposed = true;
    }
}

/// <summary>An index on disk or in memory.</summary>
/// <param name="name">The name of the variable, and of the file.</param>
/// <param name="path">The path of a file.</param>
internal sealed class FileVariable(string name, string path) : Variable(name)
{
    public string Path { get; } = path;

    /// <summary>Gets the content, to see whether a failing call changed it.</summary>
    public byte[] Bytes { get; set; } = [];

    public Model? Model { get; set; }

    public BinaryModel? Binary { get; set; }

    public SearchSample? Sample { get; set; }

    public override void Dispose() => IsDisposed = true;
}
