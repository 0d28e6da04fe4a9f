namespace FaissSdk;

/// <summary>How an index is read from a file; each matters to some kinds of index only.</summary>
/// <remarks>
/// FAISS: <c>io_flags</c>. The values are those that FAISS tests for (<c>faiss/index_io.h</c>, the same from 1.7.3 to 1.15.0). The C header
/// <c>index_io_c.h</c> says that mapping is 1, which older versions ignore and newer ones take for another flag.
/// </remarks>
[Flags]
public enum IndexReadOptions
{
    /// <summary>Everything is read into memory.</summary>
    None = 0,

    /// <summary>Inverted lists on disk are opened for reading only.</summary>
    ReadOnly = 2,

    /// <summary>Inverted lists on disk are looked for in the folder of the index file.</summary>
    OnDiskSameDirectory = 4,

    /// <summary>Tables that speed up IVFPQ searches by L2 are not computed.</summary>
    SkipPrecomputedTable = 16,

    /// <summary>The inverted lists are mapped from the file instead of read; together with <see cref="ReadOnly"/> the file cannot be changed by it.</summary>
    Mmap = 8 | 0x646F0000,
}
