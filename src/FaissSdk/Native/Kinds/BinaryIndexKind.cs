using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Tells binary indexes apart by the four characters that their files begin with, since most have no cast function.</summary>
/// <param name="Outer">The characters of the index.</param>
/// <param name="Inner">Those of the index within an ID map or behind floats; of other kinds whatever follows the header.</param>
internal readonly record struct BinaryIndexKind(string Outer, string Inner)
{
    private const string Flat = "IBxF";
    private const int CharacterCount = 4;

    // The characters, d, the size of a code, the number of vectors, whether it is trained, and the metric.
    private const int HeaderSize = 25;

    public static BinaryIndexKind PlainFlat { get; } = new(Flat, "");

    public bool IsFlat => Outer == Flat;

    public bool IsIVF => Outer == "IBwF";

    public bool IsIDMap => Outer is "IBMp" or "IBM2";

    /// <summary>Whether vectors are looked up by their labels, which need not be their places.</summary>
    public bool LooksUpLabels => IsIDMap || IsIVF;

    /// <summary>Whether inverted lists may be in it, which may stay in a file.</summary>
    public bool MayHoldLists => IsIVF || IsIDMap || Outer == "IBFf";

    /// <summary>Whether what an ID map holds moves the vectors up when some are removed, as the map does with its labels.</summary>
    public bool HoldsFlat => Inner == Flat;

    public static unsafe BinaryIndexKind Of(FaissIndexBinary* index)
    {
        // What follows does not fit into the stream, and FAISS gives up.
        var beginning = CFile.Beginning(HeaderSize + CharacterCount, stream => _ = FaissNative.faiss_write_index_binary(index, (void*)stream)).PadRight(HeaderSize + CharacterCount, '\0');
        return new BinaryIndexKind(beginning[..CharacterCount], beginning[HeaderSize..]);
    }
}
