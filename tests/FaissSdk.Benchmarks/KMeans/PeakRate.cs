using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FaissSdk.Benchmarks;

/// <summary>Measures the peak rate of multiply-adds: independent chains of them, enough to hide the latency of one.</summary>
internal static class PeakRate
{
    private const int Chains = 12;

    public static string Name =>
        Vector512.IsHardwareAccelerated ? nameof(Vector512)
        : Vector256.IsHardwareAccelerated ? nameof(Vector256)
        : nameof(Vector128);

    /// <summary>Measures the floating-point operations per second (two for each multiply-add) of threads that run at the same time; the best of several trials, because disturbances only reduce the rate.</summary>
    public static double Measure(int threads, int trials = 8)
    {
        const int Iterations = 8_000_000;
        Run(Iterations);
        var best = 0.0;
        for (var trial = 0; trial < trials; trial++)
        {
            // Processor time, because wall-clock time would include the work of other programs.
            var clock = WorkClock.Start(threads: 1);
            var others = Enumerable.Range(1, threads - 1).Select(_ => new Thread(() => Run(Iterations))).ToArray();
            Array.ForEach(others, thread => thread.Start());
            var operations = threads * Run(Iterations);
            Array.ForEach(others, thread => thread.Join());
            best = Math.Max(best, threads * operations / clock.Seconds);
        }

        return best;
    }

    private static double Run(int iterations) =>
        Vector512.IsHardwareAccelerated ? Run<Simd512, Vector512<float>>(iterations)
        : Vector256.IsHardwareAccelerated ? Run<Simd256, Vector256<float>>(iterations)
        : Run<Simd128, Vector128<float>>(iterations);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe double Run<TSimd, TVector>(int iterations)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        TVector x = TSimd.Create(0.999f), y = TSimd.Create(0.001f);
        TVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var n = 0; n < iterations; n++)
        {
            a = TSimd.MultiplyAdd(a, x, y);
            b = TSimd.MultiplyAdd(b, x, y);
            c = TSimd.MultiplyAdd(c, x, y);
            d = TSimd.MultiplyAdd(d, x, y);
            e = TSimd.MultiplyAdd(e, x, y);
            f = TSimd.MultiplyAdd(f, x, y);
            g = TSimd.MultiplyAdd(g, x, y);
            h = TSimd.MultiplyAdd(h, x, y);
            i = TSimd.MultiplyAdd(i, x, y);
            j = TSimd.MultiplyAdd(j, x, y);
            k = TSimd.MultiplyAdd(k, x, y);
            l = TSimd.MultiplyAdd(l, x, y);
        }

        // Uses all results, or the compiler would remove the loop.
        var all = TSimd.Max(TSimd.Max(TSimd.Max(a, b), TSimd.Max(c, d)), TSimd.Max(TSimd.Max(TSimd.Max(e, f), TSimd.Max(g, h)), TSimd.Max(TSimd.Max(i, j), TSimd.Max(k, l))));
        return float.IsNaN(TSimd.MaxElement(all)) ? throw new InvalidOperationException("The chains diverge.") : 2.0 * Chains * TSimd.Width * iterations;
    }
}
