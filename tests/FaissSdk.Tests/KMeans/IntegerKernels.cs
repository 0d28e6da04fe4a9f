using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>The kernels of integers that this processor has, and that of AVX-VNNI with its instruction made of others: what it is given and what is made of its scores is tried everywhere.</summary>
internal static class IntegerKernels
{
    public static IReadOnlyList<IntegerKernel> All { get; } =
        PairProducts.IsSupported ? [.. IntegerKernel.All, new IntegerKernel<IntegerTile256<QuadProductsOfOthers>>("8-bit, as AVX-VNNI")] : [];

    /// <summary>The same sums as by <see cref="QuadProducts"/>.</summary>
    internal readonly struct QuadProductsOfOthers : IProducts
    {
        public static bool IsSupported => PairProducts.IsSupported;

        public static IntegerFormat Format => IntegerFormat.Quads8;

        public static bool AreBounds => true;

        public static Vector256<int> MultiplyAdd(Vector256<int> sum, Vector256<int> x, Vector256<int> c)
        {
            var even = Vector256.Create((short)0xFF);
            var (x0, x1) = (x.AsInt16() & even, x.AsInt16() >>> 8);
            var (c0, c1) = ((c.AsInt16() << 8) >> 8, c.AsInt16() >> 8);
            return sum + Avx2.MultiplyAddAdjacent(x0, c0) + Avx2.MultiplyAddAdjacent(x1, c1);
        }
    }
}
