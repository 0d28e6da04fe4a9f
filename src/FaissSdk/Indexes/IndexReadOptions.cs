namespace FaissSdk;

/// <summary>Specifies how an index is read from a file. Each option affects only some kinds of index.</summary>
/// <remarks>
/// FAISS: <c>io_flags</c>. The values are those that FAISS tests for (<c>faiss/index_io.h</c>, the same from 1.7.3 to 1.15.0). Its options that leave out the vectors of a graph, the inverted lists or the distances between codes are not among them: an index without these ends the process when it is used. The C header
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

    /// <summary>Maps vectors and codes outside of inverted lists (<c>Flat</c>, <c>SQ8</c>, <c>PQ16</c>), and the links of HNSW graphs, from the file instead of reading them. The index cannot be changed, and the file must not be: replace it by another one instead. Needs FAISS 1.11.0; not on Windows.</summary>
    MmapVectors = 512,
}
