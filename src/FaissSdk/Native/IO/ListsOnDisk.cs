namespace FaissSdk.Native;

/// <summary>Checks for inverted lists in a file of their own, which FAISS maps into memory and lacks on Windows.</summary>
internal static class ListsOnDisk
{
    // What FAISS calls them in files and messages.
    private const string Code = "ilod";

    /// <summary>Returns whether FAISS failed because this system has no such lists.</summary>
    public static bool AreMissing(FaissException exception) => OperatingSystem.IsWindows() && exception.Message.Contains(Code, StringComparison.Ordinal);

    public static NotSupportedException Missing(string source, FaissException exception) =>
        new($"{source} keeps its inverted lists in a file of their own, which FAISS cannot read on Windows; load it on another system.", exception);

    /// <summary>Returns whether FAISS failed because the file of the lists is not where it looked.</summary>
    public static bool AreElsewhere(FaissException exception) =>
        exception.Message.Contains("could not open ", StringComparison.Ordinal) && exception.Message.Contains(" in mode r", StringComparison.Ordinal);

    /// <summary>Throws an exception if lists on disk are to be built on a system where FAISS maps none.</summary>
    /// <exception cref="NotSupportedException">The system is Windows.</exception>
    public static void ThrowIfBuiltOnWindows()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new NotSupportedException($"FAISS maps no file into memory on Windows: build parts of the index, merge them in memory ({nameof(FaissIndex)}.MergeFrom), and save the result; or build it on another system.");
        }
    }

    /// <summary>Throws an exception if files are to be mapped on a system where FAISS maps none.</summary>
    /// <exception cref="NotSupportedException">The system is Windows, and the options contain <see cref="IndexReadOptions.Mmap"/> or <see cref="IndexReadOptions.MmapVectors"/>.</exception>
    public static void ThrowIfMappedOnWindows(IndexReadOptions options)
    {
        if (OperatingSystem.IsWindows() && (options & (IndexReadOptions.Mmap | IndexReadOptions.MmapVectors)) != 0)
        {
            throw new NotSupportedException($"FAISS maps no file into memory on Windows; load it without {nameof(IndexReadOptions)}.{(options.HasFlag(IndexReadOptions.MmapVectors) ? nameof(IndexReadOptions.MmapVectors) : nameof(IndexReadOptions.Mmap))}.");
        }
    }
}
