namespace FaissSdk.Cli;

/// <summary>Represents an index that a command searches: one of vectors of numbers, or a binary one.</summary>
internal abstract class SearchedIndex : IDisposable
{
    /// <summary>Gets the number of components that a vector has in a file.</summary>
    public abstract int Components { get; }

    public abstract long Count { get; }

    public abstract bool IsTrained { get; }

    /// <summary>Gets the names of the search parameters.</summary>
    protected abstract IEnumerable<string> ParameterNames { get; }

    /// <summary>Loads an index and sets its search parameters.</summary>
    /// <exception cref="UsageException">The file does not exist, or a parameter does not fit the index.</exception>
    /// <exception cref="InvalidDataException">The file does not contain an index.</exception>
    public static SearchedIndex Load(string path, string? parameters)
    {
        InputFile.CheckExists(path);
        SearchedIndex index;
        try
        {
            index = IsBinary(path) ? new SearchedBinaryIndex(IndexBinary.Load(path)) : new SearchedVectorIndex(FaissIndex.Load(path));
        }
        catch (FaissException e)
        {
            throw new InvalidDataException($"{e.Message.TrimEnd('.')}. (faiss-sdk info {path} shows what is in the file.)", e);
        }

        try
        {
            index.SetParameters(parameters);
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>Returns whether a file starts like that of a binary index.</summary>
    public static bool IsBinary(string path)
    {
        Span<byte> start = stackalloc byte[2];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("IB"u8);
    }

    /// <summary>Sets search parameters by FAISS's names.</summary>
    /// <exception cref="UsageException">A parameter does not fit the index.</exception>
    public void SetParameters(string? parameters)
    {
        if (string.IsNullOrEmpty(parameters))
        {
            return;
        }

        try
        {
            Set(parameters);
        }
        catch (Exception e) when (e is ArgumentException or FaissException)
        {
            var reason = e is ArgumentException argument ? FaissSdkCommand.WithoutParameterName(argument) : e.Message;
            var names = string.Join(", ", ParameterNames);
            throw new UsageException($"the parameters '{parameters}' do not fit {this}: {reason}{(names.Length == 0 ? " The index has no parameters." : $" The parameters of the index: {names}.")}");
        }
    }

    /// <summary>Returns the names in a text of the form <c>name=value,…</c>.</summary>
    public static IEnumerable<string> NamesOf(string parameters) => parameters.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(parameter => parameter.Split('=')[0]);

    /// <summary>Returns what sets search parameters back to their values of now, or null if one of them cannot be read.</summary>
    public abstract Action? Remember(IReadOnlyCollection<string> names);

    /// <summary>Checks that queries have the form of the index's vectors.</summary>
    /// <param name="name">The name of the index's file.</param>
    /// <param name="queries">The queries.</param>
    /// <param name="source">The name of their file.</param>
    /// <exception cref="InvalidDataException">The queries do not have that form.</exception>
    public virtual void CheckQueries(string name, VectorSet queries, string source)
    {
        if (Components != queries.Dimension)
        {
            throw new InvalidDataException(FormattableString.Invariant($"{name} has dimension {Components}, and {source} has {queries.Dimension}."));
        }
    }

    /// <summary>Searches for all queries in one call; distances of binary vectors are numbers of bits.</summary>
    public abstract SearchResult Search(VectorSet queries, int k, CancellationToken cancellationToken);

    /// <summary>Returns a function that searches for one query, by its number, in a call of its own.</summary>
    public abstract Action<int> SearchOne(VectorSet queries, int k);

    /// <summary>Searches exactly among the vectors that the index holds.</summary>
    /// <exception cref="ArgumentException">A vector does not fit; its parameter is "queries" or "vectors".</exception>
    public abstract GroundTruth SearchExactly(VectorSet vectors, VectorSet queries, int k, CancellationToken cancellationToken);

    /// <summary>Returns what was found in the form from which recall is computed.</summary>
    public virtual SearchResult Comparable(SearchResult found, GroundTruth truth) => found;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    protected abstract void Set(string parameters);
}
