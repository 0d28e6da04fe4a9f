using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Looks at codes before FAISS does, which throws where nothing can catch it or reads beyond its tables.</summary>
internal static unsafe class StandaloneCodec
{
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
