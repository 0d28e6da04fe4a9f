namespace FaissSdk.Cli;

/// <summary>Loads an index of vectors and sets its search parameters.</summary>
internal static class SearchedIndex
{
    /// <exception cref="UsageException">The file does not exist, or a parameter does not fit the index.</exception>
    /// <exception cref="InvalidDataException">The file does not contain an index.</exception>
    public static FaissIndex Load(string path, string? parameters)
    {
        if (!File.Exists(path))
        {
            throw new UsageException(Directory.Exists(path) ? $"{path} is a directory, expected the file of an index." : $"{path} does not exist.");
        }

        FaissIndex index;
        try
        {
            index = FaissIndex.Load(path);
        }
        catch (FaissException e)
        {
            throw new InvalidDataException($"{e.Message} faiss-sdk info {path} shows what is in the file.", e);
        }

        try
        {
            SetParameters(index, parameters);
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <exception cref="UsageException">A parameter does not fit the index.</exception>
    public static void SetParameters(FaissIndex index, string? parameters)
    {
        if (string.IsNullOrEmpty(parameters))
        {
            return;
        }

        try
        {
            using var space = new ParameterSpace();
            space.SetIndexParameters(index, parameters);
        }
        catch (Exception e) when (e is ArgumentException or FaissException)
        {
            var reason = e is ArgumentException argument ? FaissSdkCommand.WithoutParameterName(argument) : e.Message;
            var ranges = ParameterSpace.RangesOf(index);
            throw new UsageException($"the parameters '{parameters}' do not fit {index}: {reason}{(ranges.Count == 0 ? " This index has none." : $" It has {string.Join(", ", ranges.Select(range => range.Name))}.")}");
        }
    }
}
