using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaissSdk.Benchmarks;

/// <summary>How many multiply-adds the machine does at most: chains that depend on nothing but themselves, enough of them to hide how long one takes.</summary>
internal static class PeakRate
{
    private const int Chains = 12;

    public static string Name =>
        Vector512.IsHardwareAccelerated ? nameof(Vector512)
        : Vector256.IsHardwareAccelerated ? nameof(Vector256)
        : nameof(Vector128);

    /// <summary>Floating point operations in a second (two for each multiply-add), the best of some trials: what disturbs them only takes away.</summary>
    public static double Measure(int threads, int trials = 8)
    {
        const int Iterations = 2_000_000;
        Run(Iterations);
        var best = 0.0;
        for (var trial = 0; trial < trials; trial++)
        {
            var clock = WorkClock.Start(threads: 1);
            best = Math.Max(best, Run(Iterations) / clock.Seconds);
        }

        // Of several threads, as often as there are threads: time on the clock would leave out what the machine does besides.
        return threads * best;
    }

    private static double Run(int iterations) =>
        Vector512.IsHardwareAccelerated ? With512(iterations)
        : Vector256.IsHardwareAccelerated ? With256(iterations)
        : With128(iterations);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double With512(int iterations)
    {
        Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(0.001f);
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var n = 0; n < iterations; n++)
        {
            a = Vector512.MultiplyAddEstimate(a, x, y);
            b = Vector512.MultiplyAddEstimate(b, x, y);
            c = Vector512.MultiplyAddEstimate(c, x, y);
            d = Vector512.MultiplyAddEstimate(d, x, y);
            e = Vector512.MultiplyAddEstimate(e, x, y);
            f = Vector512.MultiplyAddEstimate(f, x, y);
            g = Vector512.MultiplyAddEstimate(g, x, y);
            h = Vector512.MultiplyAddEstimate(h, x, y);
            i = Vector512.MultiplyAddEstimate(i, x, y);
            j = Vector512.MultiplyAddEstimate(j, x, y);
            k = Vector512.MultiplyAddEstimate(k, x, y);
            l = Vector512.MultiplyAddEstimate(l, x, y);
        }

        return Operations(Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l), iterations, Vector512<float>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double With256(int iterations)
    {
        Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(0.001f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var n = 0; n < iterations; n++)
        {
            a = Vector256.MultiplyAddEstimate(a, x, y);
            b = Vector256.MultiplyAddEstimate(b, x, y);
            c = Vector256.MultiplyAddEstimate(c, x, y);
            d = Vector256.MultiplyAddEstimate(d, x, y);
            e = Vector256.MultiplyAddEstimate(e, x, y);
            f = Vector256.MultiplyAddEstimate(f, x, y);
            g = Vector256.MultiplyAddEstimate(g, x, y);
            h = Vector256.MultiplyAddEstimate(h, x, y);
            i = Vector256.MultiplyAddEstimate(i, x, y);
            j = Vector256.MultiplyAddEstimate(j, x, y);
            k = Vector256.MultiplyAddEstimate(k, x, y);
            l = Vector256.MultiplyAddEstimate(l, x, y);
        }

        return Operations(Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l), iterations, Vector256<float>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double With128(int iterations)
    {
        Vector128<float> x = Vector128.Create(0.999f), y = Vector128.Create(0.001f);
        Vector128<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var n = 0; n < iterations; n++)
        {
            a = Vector128.MultiplyAddEstimate(a, x, y);
            b = Vector128.MultiplyAddEstimate(b, x, y);
            c = Vector128.MultiplyAddEstimate(c, x, y);
            d = Vector128.MultiplyAddEstimate(d, x, y);
            e = Vector128.MultiplyAddEstimate(e, x, y);
            f = Vector128.MultiplyAddEstimate(f, x, y);
            g = Vector128.MultiplyAddEstimate(g, x, y);
            h = Vector128.MultiplyAddEstimate(h, x, y);
            i = Vector128.MultiplyAddEstimate(i, x, y);
            j = Vector128.MultiplyAddEstimate(j, x, y);
            k = Vector128.MultiplyAddEstimate(k, x, y);
            l = Vector128.MultiplyAddEstimate(l, x, y);
        }

        return Operations(Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l), iterations, Vector128<float>.Count);
    }

    // The sum is looked at, or the loop would be left out.
    private static double Operations(float sum, int iterations, int width) =>
        float.IsNaN(sum) ? throw new InvalidOperationException("The chains diverge.") : 2.0 * Chains * width * iterations;
}
