namespace FaissSdk.Native;

/// <summary>Inverted lists in a file of their own, which FAISS maps into memory and lacks on Windows.</summary>
internal static class ListsOnDisk
{
    // What FAISS calls them in files and messages.
    private const string Code = "ilod";

    /// <summary>Returns whether FAISS failed because this system has no such lists.</summary>
    public static bool AreMissing(FaissException exception) => OperatingSystem.IsWindows() && exception.Message.Contains(Code, StringComparison.Ordinal);

    public static NotSupportedException Missing(string source, FaissException exception) =>
        new($"{source} keeps its inverted lists in a file of their own, which FAISS cannot read on Windows; load it on another system.", exception);

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
