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
            using var turn = LocalSearch.Enter();
            Status.ThrowIfFailed(FaissNative.faiss_Index_sa_encode(index, 1, x, first));
            Status.ThrowIfFailed(FaissNative.faiss_Index_sa_encode(index, 1, x, second));
        }

        while (length > 0 && over[length - 1] != under[length - 1])
        {
            length--;
        }

        return length;
    }

    /// <summary>Throws if a code names an inverted list, or a point of a lattice, that does not exist. Codes of inverted lists begin with the list's number, least significant byte first.</summary>
    public static void CheckLists(IndexPart index, ReadOnlySpan<byte> codes, int codeSize, string parameter)
    {
        if (!KnownDefects.CodesOfAbsentLists.IsPresent)
        {
            return;
        }

        var position = 0;
        for (var part = index; part is not null; part = part.Decoder)
        {
            if (!part.IsKnown)
            {
                throw new NotSupportedException($"The FAISS library does not describe a part of this index, so that its codes cannot be checked; loaded: {FaissLibrary.Info.Version} ({FaissLibrary.Info.Path}).");
            }

            if (KnownDefects.CodesOfAbsentPoints.IsPresent && KnownDefects.CodesOfAbsentPoints.Kinds.Contains(part.Code))
            {
                LatticeCodes.Check(part, codes, position, codeSize, parameter);
                return;
            }

            if (part.CodesNameLists)
            {
                CheckLists(part.Fact("nlist", 0), codes, position, codeSize, parameter);
                return;
            }

            position += PrefixSize(part);
        }
    }

    // Returns the number of bytes that a part writes before the code of the part that decodes.
    private static int PrefixSize(IndexPart part)
    {
        if (part.IsScaled)
        {
            return part.Class.EndsWith("FP16", StringComparison.Ordinal) ? 2 * sizeof(ushort) : 2 * sizeof(float);
        }

        nuint size = 0;
        if (part.Base is { Object: not 0 } searched)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_sa_code_size((NativeIndex*)searched.Object, &size));
        }

        return (int)size;
    }

    private static void CheckLists(long lists, ReadOnlySpan<byte> codes, int position, int codeSize, string parameter)
    {
        for (var start = 0; start < codes.Length; start += codeSize)
        {
            var list = 0L;
            var shift = 0;
            for (var rest = lists - 1; rest > 0; rest >>= 8, shift += 8)
            {
                list |= (long)codes[start + position + (shift / 8)] << shift;
            }

            if (list >= lists)
            {
                throw new ArgumentException($"{parameter} names list {list} in code {start / codeSize}; there are {lists} lists.", parameter);
            }
        }
    }
}
