using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>How the products of the components in a word are added up.</summary>
internal interface IProducts
{
    static abstract bool IsSupported { get; }

    static abstract IntegerFormat Format { get; }

    /// <summary>Whether scores are to be upper bounds; not told by <see cref="Format"/>, as the compiler has to know it.</summary>
    static abstract bool AreBounds { get; }

    /// <summary><paramref name="sum"/> and the products of the components of each word.</summary>
    static abstract Vector256<int> MultiplyAdd(Vector256<int> sum, Vector256<int> x, Vector256<int> c);
}

/// <summary>Two signed components of 16 bits (AVX2).</summary>
/// <remarks>An instruction multiplies 16 components instead of 8, another adds: on processors that do two of either in a cycle this takes two thirds of the time of single precision.</remarks>
internal readonly struct PairProducts : IProducts
{
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public static IntegerFormat Format => IntegerFormat.Pairs;

    public static bool AreBounds => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> sum, Vector256<int> x, Vector256<int> c) => sum + Avx2.MultiplyAddAdjacent(x.AsInt16(), c.AsInt16());
}

/// <summary>Four components of 8 bits, those of points unsigned (AVX-VNNI): one instruction multiplies 32 components and adds.</summary>
internal readonly struct QuadProducts : IProducts
{
    public static bool IsSupported => AvxVnni.IsSupported && Fma.IsSupported;

    public static IntegerFormat Format => IntegerFormat.Quads8;

    public static bool AreBounds => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> sum, Vector256<int> x, Vector256<int> c) => AvxVnni.MultiplyWideningAndAdd(sum, x.AsByte(), c.AsSByte());
}
