using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Converts vectors to integers (AVX2).</summary>
internal static unsafe class Quantizer
{
    private const int Step = 16;

    /// <summary>Returns |x − m|² and the maximum |xⱼ − mⱼ|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SquaredDistance(float* vector, float* mean, int dimension, out float maxComponent)
    {
        if (Avx512F.IsSupported && dimension % Step == 0)
        {
            return SquaredDistance512(vector, mean, dimension, out maxComponent);
        }

        var (sums0, sums1) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var maxima = Vector256<float>.Zero;
        nint j = 0;
        for (; j <= dimension - Step; j += Step)
        {
            var (difference0, difference1) = (Vector256.Load(vector + j) - Vector256.Load(mean + j), Vector256.Load(vector + j + 8) - Vector256.Load(mean + j + 8));
            sums0 = Fma.MultiplyAdd(difference0, difference0, sums0);
            sums1 = Fma.MultiplyAdd(difference1, difference1, sums1);
            maxima = Vector256.MaxNative(maxima, Vector256.MaxNative(Vector256.Abs(difference0), Vector256.Abs(difference1)));
        }

        var sum = Vector256.Sum(sums0 + sums1);
        maxComponent = Simd256.MaxElement(maxima);
        for (; j < dimension; j++)
        {
            var difference = vector[j] - mean[j];
            sum += difference * difference;
            maxComponent = Math.Max(maxComponent, Math.Abs(difference));
        }

        return sum;
    }

    /// <summary>Writes (x − m)/a, rounded, as components of 16 bits, two per word; the padding of the last word is 0.</summary>
    /// <param name="vector">The vector x (d).</param>
    /// <param name="mean">The mean m (d).</param>
    /// <param name="inverseScale">The value 1 / a.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="words">Receives the words (⌈d/2⌉).</param>
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
            Reorder(Avx2.PackSignedSaturate(first, second)).Store(integers + j);
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

    /// <summary>Writes (x − m)/a, rounded, as components of 8 bits, four per word; the padding of the last words is 0 plus the offset.</summary>
    /// <param name="vector">The vector x (d).</param>
    /// <param name="mean">The mean m (d).</param>
    /// <param name="inverseScale">The value 1 / a.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="offset">The offset that is added to each component.</param>
    /// <param name="maxMagnitude">The maximum magnitude of a component; clipping counts as rounding.</param>
    /// <param name="words">Receives the words (count).</param>
    /// <param name="count">The number of words, at least ⌈d/4⌉.</param>
    /// <returns>The squared length of the rounding error, in units of a.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToQuads(float* vector, float* mean, float inverseScale, int dimension, int offset, int maxMagnitude, int* words, int count)
    {
        var integers = (byte*)words;
        var scale = Vector256.Create(inverseScale);
        var added = Vector128.Create((byte)offset);
        var (upper, lower) = (Vector256.Create(maxMagnitude), Vector256.Create(-maxMagnitude));
        var squares = Vector256<float>.Zero;
        nint j = 0;
        for (; j <= dimension - Step; j += Step)
        {
            var (scaled0, scaled1) = ((Vector256.Load(vector + j) - Vector256.Load(mean + j)) * scale, (Vector256.Load(vector + j + 8) - Vector256.Load(mean + j + 8)) * scale);
            var first = Vector256.Max(lower, Vector256.Min(upper, Avx.ConvertToVector256Int32(scaled0)));
            var second = Vector256.Max(lower, Vector256.Min(upper, Avx.ConvertToVector256Int32(scaled1)));
            var (rounding0, rounding1) = (scaled0 - Vector256.ConvertToSingle(first), scaled1 - Vector256.ConvertToSingle(second));
            squares = Fma.MultiplyAdd(rounding0, rounding0, Fma.MultiplyAdd(rounding1, rounding1, squares));
            var pairs = Reorder(Avx2.PackSignedSaturate(first, second));
            (Sse2.PackSignedSaturate(pairs.GetLower(), pairs.GetUpper()).AsByte() + added).Store(integers + j);
        }

        var sum = Vector256.Sum(squares);
        for (; j < dimension; j++)
        {
            var scaled = (vector[j] - mean[j]) * inverseScale;
            var rounded = Math.Clamp(MathF.Round(scaled), -maxMagnitude, maxMagnitude);
            sum += (scaled - rounded) * (scaled - rounded);
            integers[j] = (byte)(offset + (int)rounded);
        }

        for (; j < 4 * count; j++)
        {
            integers[j] = (byte)offset;
        }

        return sum;
    }

    /// <summary>Combines <see cref="ToPairs"/> and <see cref="ToQuads"/>, each with its own scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToPairsAndQuads(float* vector, float* mean, float pairInverseScale, float quadInverseScale, int dimension, int offset, int* pairs, int* quads, int count)
    {
        if (Avx512BW.IsSupported && dimension == 4 * count && dimension % Step == 0)
        {
            return ToPairsAndQuads512(vector, mean, pairInverseScale, quadInverseScale, dimension, offset, pairs, quads);
        }

        var shorts = (short*)pairs;
        var bytes = (byte*)quads;
        var (pairScale, quadScale) = (Vector256.Create(pairInverseScale), Vector256.Create(quadInverseScale));
        var added = Vector128.Create((byte)offset);
        var squares = Vector256<float>.Zero;
        nint j = 0;
        for (; j <= dimension - Step; j += Step)
        {
            var (difference0, difference1) = (Vector256.Load(vector + j) - Vector256.Load(mean + j), Vector256.Load(vector + j + 8) - Vector256.Load(mean + j + 8));
            Reorder(Avx2.PackSignedSaturate(Avx.ConvertToVector256Int32(difference0 * pairScale), Avx.ConvertToVector256Int32(difference1 * pairScale))).Store(shorts + j);
            var (scaled0, scaled1) = (difference0 * quadScale, difference1 * quadScale);
            var (first, second) = (Avx.ConvertToVector256Int32(scaled0), Avx.ConvertToVector256Int32(scaled1));
            var (rounding0, rounding1) = (scaled0 - Vector256.ConvertToSingle(first), scaled1 - Vector256.ConvertToSingle(second));
            squares = Fma.MultiplyAdd(rounding0, rounding0, Fma.MultiplyAdd(rounding1, rounding1, squares));
            var packed = Reorder(Avx2.PackSignedSaturate(first, second));
            (Sse2.PackSignedSaturate(packed.GetLower(), packed.GetUpper()).AsByte() + added).Store(bytes + j);
        }

        if (j == dimension && dimension == 4 * count)
        {
            return Vector256.Sum(squares);
        }

        var (done, remaining) = ((int)j, dimension - (int)j);
        ToPairs(vector + done, mean + done, pairInverseScale, remaining, pairs + (done / 2));
        return Vector256.Sum(squares) + ToQuads(vector + done, mean + done, quadInverseScale, remaining, offset, sbyte.MaxValue, quads + (done / 4), count - (done / 4));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SquaredDistance512(float* vector, float* mean, int dimension, out float maxComponent)
    {
        var (sums, maxima) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (nint j = 0; j < dimension; j += Step)
        {
            var difference = Vector512.Load(vector + j) - Vector512.Load(mean + j);
            sums = Avx512F.FusedMultiplyAdd(difference, difference, sums);
            maxima = Vector512.MaxNative(maxima, Vector512.Abs(difference));
        }

        maxComponent = Simd512.MaxElement(maxima);
        return Vector512.Sum(sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float ToPairsAndQuads512(float* vector, float* mean, float pairInverseScale, float quadInverseScale, int dimension, int offset, int* pairs, int* quads)
    {
        var shorts = (short*)pairs;
        var bytes = (byte*)quads;
        var (pairScale, quadScale) = (Vector512.Create(pairInverseScale), Vector512.Create(quadInverseScale));
        var added = Vector128.Create((byte)offset);
        var squares = Vector512<float>.Zero;
        for (nint j = 0; j < dimension; j += Step)
        {
            var difference = Vector512.Load(vector + j) - Vector512.Load(mean + j);
            Avx512F.ConvertToVector256Int16WithSaturation(Avx512F.ConvertToVector512Int32(difference * pairScale)).Store(shorts + j);
            var scaled = difference * quadScale;
            var rounded = Avx512F.ConvertToVector512Int32(scaled);
            var rounding = scaled - Vector512.ConvertToSingle(rounded);
            squares = Avx512F.FusedMultiplyAdd(rounding, rounding, squares);
            (Avx512F.ConvertToVector128SByteWithSaturation(rounded).AsByte() + added).Store(bytes + j);
        }

        return Vector512.Sum(squares);
    }

    /// <summary>Restores the order of components, as packing interleaves the 128-bit halves of both operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Reorder(Vector256<short> packed) => Avx2.Permute4x64(packed.AsInt64(), 0b11_01_10_00).AsInt16();
}
