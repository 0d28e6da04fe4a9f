namespace FaissSdk;

/// <summary>Specifies how an index is read from a file. Each option affects only some kinds of index.</summary>
/// <remarks>
/// FAISS: <c>io_flags</c>. The values are those that FAISS tests for (<c>faiss/index_io.h</c>, the same from 1.7.3 to 1.15.0). The C header
/// <c>index_io_c.h</c> says that mapping is 1, which older versions ignore and newer ones treat as another flag.
/// </remarks>
[Flags]
public enum IndexReadOptions
{
    /// <summary>Reads everything into memory.</summary>
    None = 0,

    /// <summary>Opens inverted lists on disk, which FAISS does not have on Windows, for reading only.</summary>
    ReadOnly = 2,

    /// <summary>Looks for inverted lists on disk in the folder of the index file.</summary>
    OnDiskSameDirectory = 4,

    /// <summary>Skips the computation of the tables that speed up IVFPQ searches by L2.</summary>
    SkipPrecomputedTable = 16,

    /// <summary>Maps the inverted lists from the file instead of reading them; together with <see cref="ReadOnly"/> the file cannot change. Not on Windows.</summary>
    Mmap = 8 | 0x646F0000,
}
