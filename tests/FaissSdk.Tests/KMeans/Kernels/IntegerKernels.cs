using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Provides the integer kernels that this processor supports, and the AVX-VNNI kernel with its instruction emulated, so that its inputs and scores are tested on every processor.</summary>
internal static class IntegerKernels
{
    public static IReadOnlyList<IntegerKernel> All { get; } =
        PairProducts.IsSupported ? [.. IntegerKernel.All, new IntegerKernel<IntegerTile256<EmulatedQuadProducts>>("8-bit, emulated AVX-VNNI")] : [];

    /// <summary>Computes the same sums as <see cref="QuadProducts"/>.</summary>
    internal readonly struct EmulatedQuadProducts : IProducts
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
