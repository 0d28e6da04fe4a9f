namespace FaissSdk.Native;

/// <summary>Rejects sizes for which FAISS would take more memory than the process may have: it writes to all of it at once, which ends the process.</summary>
internal static class MemoryLimit
{
    // Two vectors of C++ for each list.
    private const long BytesPerList = 48;

    /// <summary>Throws if a number of inverted lists does not fit into memory.</summary>
    /// <param name="lists">The number of lists.</param>
    /// <param name="subject">The subject and the verb of the message.</param>
    /// <param name="parameter">The parameter that the exception names.</param>
    public static void CheckLists(long lists, string subject, string parameter) => Check(lists, BytesPerList, $"{subject} {lists} inverted lists", parameter);

    /// <summary>Throws if a number of elements does not fit into memory.</summary>
    public static void Check(long count, long size, string subject, string parameter)
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (KnownDefects.FactorySizes.IsPresent && count > available / size)
        {
            throw new ArgumentOutOfRangeException(parameter, count, $"{subject}, which take at least {(double)count * size / (1 << 30):F1} GiB; the process may have {(double)available / (1 << 30):F1} GiB.");
        }
    }
}
