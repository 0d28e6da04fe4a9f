using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Looks at codes before FAISS does, which throws where nothing can catch it or reads beyond its tables.</summary>
internal static unsafe class StandaloneCodec
{
    private const int LargestCode = 1 << 20;

    /// <summary>The size of a code, as far as an encoded vector overwrites memory whatever was in it.</summary>
    public static int Measure(Interop.FaissIndex* index, int dimension)
    {
        var length = Math.Max(LargestCode, checked(64 * dimension));
        var (vector, over, under) = (new float[dimension], new byte[length], new byte[length]);
        Array.Fill(over, byte.MaxValue);
        fixed (float* x = vector)
        fixed (byte* first = over, second = under)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_sa_encode(index, 1, x, first));
            Status.ThrowIfFailed(FaissNative.faiss_Index_sa_encode(index, 1, x, second));
        }

        // Beyond the code one has all bits set and the other none.
        while (length > 0 && over[length - 1] != under[length - 1])
        {
            length--;
        }

        return length;
    }

    /// <summary>Refuses codes that name an inverted list that is not there: they begin with its number, least byte first.</summary>
    public static void CheckLists(Interop.FaissIndex* index, ReadOnlySpan<byte> codes, int codeSize, string parameter)
    {
        index = IndexStructure.InvertedLists(index);
        if (index == null)
        {
            return;
        }

        var lists = FaissNative.faiss_IndexIVF_nlist(index);
        for (var start = 0; start < codes.Length; start += codeSize)
        {
            nuint list = 0;
            var shift = 0;
            for (var rest = lists - 1; rest > 0; rest >>= 8, shift += 8)
            {
                list |= (nuint)codes[start + (shift / 8)] << shift;
            }

            if (list >= lists)
            {
                throw new ArgumentException($"{parameter} names list {list} in code {start / codeSize}; there are {lists} lists.", parameter);
            }
        }
    }
}
