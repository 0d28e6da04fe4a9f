using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaissSdk;

/// <summary>Computes the distances that decide a search: Σ (xⱼ − cⱼ)² or −Σ xⱼ·cⱼ, smaller for nearer vectors.</summary>
/// <remarks>The order of the additions is the same for any vector width of the processor, and nothing is fused, so that the bits are the same everywhere.</remarks>
internal static unsafe class ExactDistance
{
    private const int Lanes = 8;
    private const int Step = 4 * Lanes;

    /// <summary>Returns Σ (xⱼ − cⱼ)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Squared(float* x, float* c, int dimension)
    {
        Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        nint j = 0;
        for (; j <= dimension - Step; j += Step)
        {
            var part0 = Vector256.Load(x + j) - Vector256.Load(c + j);
            var part1 = Vector256.Load(x + j + Lanes) - Vector256.Load(c + j + Lanes);
            var part2 = Vector256.Load(x + j + (2 * Lanes)) - Vector256.Load(c + j + (2 * Lanes));
            var part3 = Vector256.Load(x + j + (3 * Lanes)) - Vector256.Load(c + j + (3 * Lanes));
            sum0 += part0 * part0;
            sum1 += part1 * part1;
            sum2 += part2 * part2;
            sum3 += part3 * part3;
        }

        var sum = Total((sum0 + sum1) + (sum2 + sum3));
        for (; j < dimension; j++)
        {
            var part = x[j] - c[j];
            sum += part * part;
        }

        return sum;
    }

    /// <summary>Returns −Σ xⱼ·cⱼ; never −0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float NegativeProduct(float* x, float* c, int dimension)
    {
        Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        nint j = 0;
        for (; j <= dimension - Step; j += Step)
        {
            sum0 += Vector256.Load(x + j) * Vector256.Load(c + j);
            sum1 += Vector256.Load(x + j + Lanes) * Vector256.Load(c + j + Lanes);
            sum2 += Vector256.Load(x + j + (2 * Lanes)) * Vector256.Load(c + j + (2 * Lanes));
            sum3 += Vector256.Load(x + j + (3 * Lanes)) * Vector256.Load(c + j + (3 * Lanes));
        }

        var sum = Total((sum0 + sum1) + (sum2 + sum3));
        for (; j < dimension; j++)
        {
            sum += x[j] * c[j];
        }

        return 0 - sum;
    }

    /// <summary>Returns the distance by a metric.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of(float* x, float* c, int dimension, bool isProduct) => isProduct ? NegativeProduct(x, c, dimension) : Squared(x, c, dimension);

    /// <summary>Returns a number whose order among others is that of the float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ToOrdered(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return bits ^ ((uint)((int)bits >> 31) | 0x8000_0000);
    }

    /// <summary>Returns the float that <see cref="ToOrdered"/> has converted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FromOrdered(uint ordered) => BitConverter.UInt32BitsToSingle(ordered ^ ((ordered & 0x8000_0000) != 0 ? 0x8000_0000 : uint.MaxValue));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Total(Vector256<float> lanes)
    {
        var half = lanes.GetLower() + lanes.GetUpper();
        return (half[0] + half[2]) + (half[1] + half[3]);
    }
}
