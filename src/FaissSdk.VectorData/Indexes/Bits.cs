using System.Numerics;
using System.Runtime.InteropServices;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents a set of positions or ids as bits.</summary>
internal sealed class Bits
{
    private readonly ulong[] _words;

    public Bits(long length) => _words = new ulong[(length + 63) / 64];

    private Bits(ulong[] words) => _words = words;

    /// <summary>Gets the bits in the order that FAISS reads.</summary>
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(_words.AsSpan());

    public bool this[long index] => (ulong)index >> 6 < (ulong)_words.Length && (_words[index >> 6] >> (int)(index & 63) & 1) != 0;

    /// <summary>Gets the size in memory.</summary>
    public long ByteCount => (long)_words.Length * sizeof(ulong);

    /// <summary>Sets a bit.</summary>
    /// <returns><see langword="true"/> if it was not set before.</returns>
    public bool Set(long index)
    {
        ref var word = ref _words[index >> 6];
        var bit = 1UL << (int)(index & 63);
        var added = (word & bit) == 0;
        word |= bit;
        return added;
    }

    /// <summary>Lists the numbers of the bits that are set, in ascending order.</summary>
    public IEnumerable<long> Positions()
    {
        for (var i = 0; i < _words.Length; i++)
        {
            for (var word = _words[i]; word != 0; word &= word - 1)
            {
                yield return ((long)i << 6) + BitOperations.TrailingZeroCount(word);
            }
        }
    }

    /// <summary>Makes a copy of at least <paramref name="length"/> bits.</summary>
    public static Bits Copy(Bits? bits, long length)
    {
        var words = new ulong[Math.Max((length + 63) / 64, bits?._words.Length ?? 0)];
        bits?._words.CopyTo(words, 0);
        return new Bits(words);
    }
}
