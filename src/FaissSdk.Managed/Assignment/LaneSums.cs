using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaissSdk;

/// <summary>Adds up squares of a few vectors in an order that is the same for any vector width of the processor, unlike that of TensorPrimitives and of Vector&lt;T&gt;; nothing is fused.</summary>
internal static unsafe class LaneSums
{
    private const int Lanes = 8;
    private const int Step = 4 * Lanes;

    /// <summary>Returns |x|².</summary>
    public static float SquaredLength(ReadOnlySpan<float> vector)
    {
        fixed (float* x = vector)
        {
            return SquaredLength(x, vector.Length);
        }
    }

    /// <summary>Returns |x − y|².</summary>
    public static float SquaredDistance(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        fixed (float* x = left, y = right)
        {
            return SquaredDistance(x, y, left.Length);
        }
    }

    /// <summary>Returns |x − y|².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float SquaredDistance(float* x, float* y, int dimension)
    {
        var sums = Vector256<float>.Zero;
        nint j = 0;
        if (dimension >= Step)
        {
            Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            for (; j <= dimension - Step; j += Step)
            {
                var part0 = Vector256.Load(x + j) - Vector256.Load(y + j);
                var part1 = Vector256.Load(x + j + Lanes) - Vector256.Load(y + j + Lanes);
                var part2 = Vector256.Load(x + j + (2 * Lanes)) - Vector256.Load(y + j + (2 * Lanes));
                var part3 = Vector256.Load(x + j + (3 * Lanes)) - Vector256.Load(y + j + (3 * Lanes));
                sum0 += part0 * part0;
                sum1 += part1 * part1;
                sum2 += part2 * part2;
                sum3 += part3 * part3;
            }

            sums = (sum0 + sum1) + (sum2 + sum3);
        }

        for (; j <= dimension - Lanes; j += Lanes)
        {
            var part = Vector256.Load(x + j) - Vector256.Load(y + j);
            sums += part * part;
        }

        var sum = Total(sums);
        for (; j < dimension; j++)
        {
            var part = x[j] - y[j];
            sum += part * part;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float SquaredLength(float* x, int dimension)
    {
        var sums = Vector256<float>.Zero;
        nint j = 0;
        if (dimension >= Step)
        {
            Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            for (; j <= dimension - Step; j += Step)
            {
                var (part0, part1) = (Vector256.Load(x + j), Vector256.Load(x + j + Lanes));
                var (part2, part3) = (Vector256.Load(x + j + (2 * Lanes)), Vector256.Load(x + j + (3 * Lanes)));
                sum0 += part0 * part0;
                sum1 += part1 * part1;
                sum2 += part2 * part2;
                sum3 += part3 * part3;
            }

            sums = (sum0 + sum1) + (sum2 + sum3);
        }

        for (; j <= dimension - Lanes; j += Lanes)
        {
            var part = Vector256.Load(x + j);
            sums += part * part;
        }

        var sum = Total(sums);
        for (; j < dimension; j++)
        {
            sum += x[j] * x[j];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Total(Vector256<float> lanes)
    {
        var half = lanes.GetLower() + lanes.GetUpper();
        var pairs = half + Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1));
        return pairs[0] + pairs[1];
    }
}
