using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Measures codes, and checks them before FAISS decodes them.</summary>
internal static unsafe class StandaloneCodec
{
    private const int MaxCodeSize = 1 << 20;

    /// <summary>Returns the size of a code, for versions that do not return it (<see cref="KnownDefects.CodeSizeNotReturned"/>).</summary>
    /// <remarks>
    /// A vector is encoded twice, over bytes of ones and over bytes of zeros: the bytes of the code are equal afterwards, those
    /// beyond it differ. The buffers have room for 1 MiB, or for 64 bytes per component if that is more.
    /// </remarks>
    public static int Measure(NativeIndex* index, int dimension)
    {
        var length = Math.Max(MaxCodeSize, checked(64 * dimension));
        var (vector, over, under) = (new float[dimension], new byte[length], new byte[length]);
        Array.Fill(over, byte.MaxValue);
        fixed (float* x = vector)
        fixed (byte* first = over, second = under)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_sa_encode(index, 1, x, first));
            Status.ThrowIfFailed(FaissNative.faiss_Index_sa_encode(index, 1, x, second));
        }

        while (length > 0 && over[length - 1] != under[length - 1])
        {
            length--;
        }

        return length;
    }

    /// <summary>Throws if a code names an inverted list that does not exist. Codes of inverted lists begin with the list's number, least significant byte first.</summary>
    public static void CheckLists(NativeIndex* index, ReadOnlySpan<byte> codes, int codeSize, string parameter)
    {
        index = KnownDefects.CodesOfAbsentLists.IsPresent ? IndexKind.InvertedLists(index) : null;
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
