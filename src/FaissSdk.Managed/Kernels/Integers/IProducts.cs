using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Specifies how the products of the components in a word are added up.</summary>
internal interface IProducts
{
    static abstract bool IsSupported { get; }

    static abstract IntegerFormat Format { get; }

    /// <summary>Gets a value indicating whether scores are upper bounds; not derived from <see cref="Format"/>, as it must be a constant for the JIT.</summary>
    static abstract bool AreBounds { get; }

    /// <summary>Returns <paramref name="sum"/> plus the products of the components of each word.</summary>
    static abstract Vector256<int> MultiplyAdd(Vector256<int> sum, Vector256<int> x, Vector256<int> c);
}

/// <summary>Multiplies two signed components of 16 bits per word (AVX2).</summary>
/// <remarks>One instruction multiplies 16 components instead of 8, and another one adds: on processors that execute two of either per cycle this takes two thirds of the time of single precision.</remarks>
internal readonly struct PairProducts : IProducts
{
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public static IntegerFormat Format => IntegerFormat.Pairs;

    public static bool AreBounds => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> sum, Vector256<int> x, Vector256<int> c) => sum + Avx2.MultiplyAddAdjacent(x.AsInt16(), c.AsInt16());
}

/// <summary>Multiplies four components of 8 bits per word, unsigned for points (AVX-VNNI): one instruction multiplies 32 components and adds.</summary>
internal readonly struct QuadProducts : IProducts
{
    public static bool IsSupported => AvxVnni.IsSupported && Fma.IsSupported;

    public static IntegerFormat Format => IntegerFormat.Quads8;

    public static bool AreBounds => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> MultiplyAdd(Vector256<int> sum, Vector256<int> x, Vector256<int> c) => AvxVnni.MultiplyWideningAndAdd(sum, x.AsByte(), c.AsSByte());
}
