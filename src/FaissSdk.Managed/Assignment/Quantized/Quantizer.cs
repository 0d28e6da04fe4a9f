using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Makes integers of vectors (AVX2).</summary>
internal static unsafe class Quantizer
{
    private const int Step = 16;

    /// <summary>|x − m|² and the greatest |xⱼ − mⱼ|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SquaredDistance(float* vector, float* mean, int dimension, out float greatest)
    {
        if (Avx512F.IsSupported && dimension % Step == 0)
        {
            return SquaredDistance512(vector, mean, dimension, out greatest);
        }

        var (sums0, sums1) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var most = Vector256<float>.Zero;
        nint j = 0;
        for (; j <= dimension - Step; j += Step)
        {
            var (difference0, difference1) = (Vector256.Load(vector + j) - Vector256.Load(mean + j), Vector256.Load(vector + j + 8) - Vector256.Load(mean + j + 8));
            sums0 = Fma.MultiplyAdd(difference0, difference0, sums0);
            sums1 = Fma.MultiplyAdd(difference1, difference1, sums1);
            most = Vector256.MaxNative(most, Vector256.MaxNative(Vector256.Abs(difference0), Vector256.Abs(difference1)));
        }

        var sum = Vector256.Sum(sums0 + sums1);
        greatest = Simd256.Greatest(most);
        for (; j < dimension; j++)
        {
            var difference = vector[j] - mean[j];
            sum += difference * difference;
            greatest = Math.Max(greatest, Math.Abs(difference));
        }

        return sum;
    }

    /// <summary>Writes (x − m)/a, rounded, as components of 16 bits, two to a word; what pads the last word is 0.</summary>
    /// <param name="vector">x (d).</param>
    /// <param name="mean">m (d).</param>
    /// <param name="inverseScale">1 / a.</param>
    /// <param name="dimension">d.</param>
    /// <param name="words">⌈d/2⌉.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ToPairs(float* vector, float* mean, float inverseScale, int dimension, int* words)
    {
        var integers = (short*)words;
        if (Avx512BW.IsSupported && dimension % Step == 0)
        {
            var scale512 = Vector512.Create(inverseScale);
            for (nint i = 0; i < dimension; i += Step)
            {
                var scaled = (Vector512.Load(vector + i) - Vector512.Load(mean + i)) * scale512;
                Avx512F.ConvertToVector256Int16WithSaturation(Avx512F.ConvertToVector512Int32(scaled)).Store(integers + i);
            }

            return;
        }

        var scale = Vector256.Create(inverseScale);
        nint j = 0;
        for (; j <= dimension - Step; j += Step)
        {
            var first = Avx.ConvertToVector256Int32((Vector256.Load(vector + j) - Vector256.Load(mean + j)) * scale);
            var second = Avx.ConvertToVector256Int32((Vector256.Load(vector + j + 8) - Vector256.Load(mean + j + 8)) * scale);
            InOrder(Avx2.PackSignedSaturate(first, second)).Store(integers + j);
        }

        for (; j < dimension; j++)
        {
            integers[j] = (short)MathF.Round((vector[j] - mean[j]) * inverseScale);
        }

        if (dimension % 2 != 0)
        {
            integers[dimension] = 0;
        }
    }

    /// <summary>Writes (x − m)/a, rounded, as components of 8 bits, four to a word; what pads the last words is 0 as well.</summary>
    /// <param name="vector">x (d).</param>
    /// <param name="mean">m (d).</param>
    /// <param name="inverseScale">1 / a.</param>
    /// <param name="dimension">d.</param>
    /// <param name="offset">What is added to each.</param>
    /// <param name="most">What none exceeds; what is cut off counts as rounding.</param>
    /// <param name="words">Receives them.</param>
    /// <param name="count">The words, at least ⌈d/4⌉.</param>
    /// <returns>The squared length of what the rounding changed, in units of a.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToQuads(float* vector, float* mean, float inverseScale, int dimension, int offset, int most, int* words, int count)
    {
        var integers = (byte*)words;
        var scale = Vector256.Create(inverseScale);
        var added = Vector128.Create((byte)offset);
        var (upper, lower) = (Vector256.Create(most), Vector256.Create(-most));
        var squares = Vector256<float>.Zero;
        nint j = 0;
        for (; j <= dimension - Step; j += Step)
        {
            var (scaled0, scaled1) = ((Vector256.Load(vector + j) - Vector256.Load(mean + j)) * scale, (Vector256.Load(vector + j + 8) - Vector256.Load(mean + j + 8)) * scale);
            var first = Vector256.Max(lower, Vector256.Min(upper, Avx.ConvertToVector256Int32(scaled0)));
            var second = Vector256.Max(lower, Vector256.Min(upper, Avx.ConvertToVector256Int32(scaled1)));
            var (rounding0, rounding1) = (scaled0 - Vector256.ConvertToSingle(first), scaled1 - Vector256.ConvertToSingle(second));
            squares = Fma.MultiplyAdd(rounding0, rounding0, Fma.MultiplyAdd(rounding1, rounding1, squares));
            var pairs = InOrder(Avx2.PackSignedSaturate(first, second));
            (Sse2.PackSignedSaturate(pairs.GetLower(), pairs.GetUpper()).AsByte() + added).Store(integers + j);
        }

        var sum = Vector256.Sum(squares);
        for (; j < dimension; j++)
        {
            var scaled = (vector[j] - mean[j]) * inverseScale;
            var rounded = Math.Clamp(MathF.Round(scaled), -most, most);
            sum += (scaled - rounded) * (scaled - rounded);
            integers[j] = (byte)(offset + (int)rounded);
        }

        for (; j < 4 * count; j++)
        {
            integers[j] = (byte)offset;
        }

        return sum;
    }

    /// <summary>Does what <see cref="ToPairs"/> and <see cref="ToQuads"/> do, each with its own scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToPairsAndQuads(float* vector, float* mean, float inverseScaleOfPairs, float inverseScaleOfQuads, int dimension, int offset, int* pairs, int* quads, int count)
    {
        if (Avx512BW.IsSupported && dimension == 4 * count && dimension % Step == 0)
        {
            return ToPairsAndQuads512(vector, mean, inverseScaleOfPairs, inverseScaleOfQuads, dimension, offset, pairs, quads);
        }

        var shorts = (short*)pairs;
        var bytes = (byte*)quads;
        var (scaleOfPairs, scaleOfQuads) = (Vector256.Create(inverseScaleOfPairs), Vector256.Create(inverseScaleOfQuads));
        var added = Vector128.Create((byte)offset);
        var squares = Vector256<float>.Zero;
        nint j = 0;
        for (; j <= dimension - Step; j += Step)
        {
            var (difference0, difference1) = (Vector256.Load(vector + j) - Vector256.Load(mean + j), Vector256.Load(vector + j + 8) - Vector256.Load(mean + j + 8));
            InOrder(Avx2.PackSignedSaturate(Avx.ConvertToVector256Int32(difference0 * scaleOfPairs), Avx.ConvertToVector256Int32(difference1 * scaleOfPairs))).Store(shorts + j);
            var (scaled0, scaled1) = (difference0 * scaleOfQuads, difference1 * scaleOfQuads);
            var (first, second) = (Avx.ConvertToVector256Int32(scaled0), Avx.ConvertToVector256Int32(scaled1));
            var (rounding0, rounding1) = (scaled0 - Vector256.ConvertToSingle(first), scaled1 - Vector256.ConvertToSingle(second));
            squares = Fma.MultiplyAdd(rounding0, rounding0, Fma.MultiplyAdd(rounding1, rounding1, squares));
            var packed = InOrder(Avx2.PackSignedSaturate(first, second));
            (Sse2.PackSignedSaturate(packed.GetLower(), packed.GetUpper()).AsByte() + added).Store(bytes + j);
        }

        if (j == dimension && dimension == 4 * count)
        {
            return Vector256.Sum(squares);
        }

        var (done, rest) = ((int)j, dimension - (int)j);
        ToPairs(vector + done, mean + done, inverseScaleOfPairs, rest, pairs + (done / 2));
        return Vector256.Sum(squares) + ToQuads(vector + done, mean + done, inverseScaleOfQuads, rest, offset, sbyte.MaxValue, quads + (done / 4), count - (done / 4));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SquaredDistance512(float* vector, float* mean, int dimension, out float greatest)
    {
        var (sums, most) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (nint j = 0; j < dimension; j += Step)
        {
            var difference = Vector512.Load(vector + j) - Vector512.Load(mean + j);
            sums = Avx512F.FusedMultiplyAdd(difference, difference, sums);
            most = Vector512.MaxNative(most, Vector512.Abs(difference));
        }

        greatest = Simd512.Greatest(most);
        return Vector512.Sum(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float ToPairsAndQuads512(float* vector, float* mean, float inverseScaleOfPairs, float inverseScaleOfQuads, int dimension, int offset, int* pairs, int* quads)
    {
        var shorts = (short*)pairs;
        var bytes = (byte*)quads;
        var (scaleOfPairs, scaleOfQuads) = (Vector512.Create(inverseScaleOfPairs), Vector512.Create(inverseScaleOfQuads));
        var added = Vector128.Create((byte)offset);
        var squares = Vector512<float>.Zero;
        for (nint j = 0; j < dimension; j += Step)
        {
            var difference = Vector512.Load(vector + j) - Vector512.Load(mean + j);
            Avx512F.ConvertToVector256Int16WithSaturation(Avx512F.ConvertToVector512Int32(difference * scaleOfPairs)).Store(shorts + j);
            var scaled = difference * scaleOfQuads;
            var rounded = Avx512F.ConvertToVector512Int32(scaled);
            var rounding = scaled - Vector512.ConvertToSingle(rounded);
            squares = Avx512F.FusedMultiplyAdd(rounding, rounding, squares);
            (Avx512F.ConvertToVector128SByteWithSaturation(rounded).AsByte() + added).Store(bytes + j);
        }

        return Vector512.Sum(squares);
    }

    /// <summary>Packing takes the lower halves of both, then the upper ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> InOrder(Vector256<short> packed) => Avx2.Permute4x64(packed.AsInt64(), 0b11_01_10_00).AsInt16();
}
