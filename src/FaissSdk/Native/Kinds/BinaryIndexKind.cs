using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Identifies the native class of a binary index by the four-letter code with which its file begins, since most classes have no cast function.</summary>
/// <param name="Outer">The code of the index.</param>
/// <param name="Inner">The code of the index within an ID map or behind floats; for other kinds, whatever follows the header.</param>
/// <remarks>As <see cref="IndexKind.CodeOf"/>, it lets FAISS write into a stream in memory that has room for the codes only.</remarks>
internal readonly record struct BinaryIndexKind(string Outer, string Inner)
{
    private const string Flat = "IBxF";
    private const string IVF = "IBwF";
    private const int CodeLength = 4;

    // The code, d, the size of a vector in bytes, the number of vectors, whether the index is trained, and the metric.
    private const int HeaderSize = 25;

    public bool IsFlat => Outer == Flat;

    public bool IsIVF => Outer == IVF;

    public bool IsIDMap => Outer is "IBMp" or "IBM2";

    public bool IsHash => Outer is "IBHh" or "IBHm";

    /// <summary>Gets a value indicating whether the index within an ID map, or below a graph, is flat.</summary>
    public bool HoldsFlat => Inner == Flat || Outer == "IBHf";

    public static unsafe BinaryIndexKind Of(FaissIndexBinary* index)
    {
        var beginning = CFile.Beginning(index, HeaderSize + CodeLength).PadRight(HeaderSize + CodeLength, '\0');
        return new BinaryIndexKind(beginning[..CodeLength], beginning[HeaderSize..]);
    }
}
