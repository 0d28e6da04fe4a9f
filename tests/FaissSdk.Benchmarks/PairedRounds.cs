using System.Diagnostics;

namespace FaissSdk.Benchmarks;

/// <summary>
/// Measures loops against the first of them, in rounds so short that the machine is the same for all loops of a round; what
/// disturbs one round makes an outlier, which a median leaves out.
/// </summary>
internal sealed class PairedRounds
{
    private readonly double[][] _nanoseconds;

    private PairedRounds(double[][] nanoseconds) => _nanoseconds = nanoseconds;

    /// <summary>Whether this thread's time is counted, which is all there is when FAISS has one thread; otherwise the time on the clock.</summary>
    public static bool CountsThreadTime { get; } = Environment.GetEnvironmentVariable("OMP_NUM_THREADS") == "1";

    /// <summary>Runs all loops in every round, in an order drawn anew each time.</summary>
    public static PairedRounds Measure(IReadOnlyList<Action<long>> loops, int rounds, TimeSpan slice)
    {
        foreach (var loop in loops)
        {
            WarmUp(loop);
        }

        var iterations = Math.Max(1, (long)(slice.TotalNanoseconds / NanosecondsPerIteration(loops[0])));
        var nanoseconds = loops.Select(_ => new double[rounds]).ToArray();
        var order = Enumerable.Range(0, loops.Count).ToArray();
        var random = new Random(1);
        for (var round = 0; round < rounds; round++)
        {
            // A drift, or what the loop before leaves in the caches, weighs on all alike.
            random.Shuffle(order);
            foreach (var loop in order)
            {
                nanoseconds[loop][round] = Nanoseconds(loops[loop], iterations) / iterations;
            }
        }

        return new PairedRounds(nanoseconds);
    }

    public Estimate Time(int loop) => Estimate.Of(_nanoseconds[loop]);

    public Estimate Ratio(int loop) => Estimate.Of(_nanoseconds[loop].Zip(_nanoseconds[0], (a, b) => a / b));

    public Estimate Difference(int loop) => Estimate.Of(_nanoseconds[loop].Zip(_nanoseconds[0], (a, b) => a - b));

    // Methods are compiled anew after 30 calls and a pause without compilations, then once more after as many.
    private static void WarmUp(Action<long> loop)
    {
        for (var pass = 0; pass < 4; pass++)
        {
            for (var call = 0; call < 40; call++)
            {
                loop(1);
            }

            var iterations = Math.Max(1, (long)(20e6 / NanosecondsPerIteration(loop)));
            loop(iterations);
            Thread.Sleep(150);
        }
    }

    private static double NanosecondsPerIteration(Action<long> loop)
    {
        for (long iterations = 1; ; iterations *= 2)
        {
            var time = Nanoseconds(loop, iterations);
            if (time > 500e3)
            {
                return time / iterations;
            }
        }
    }

    // Not as a TimeSpan, whose ticks are longer than a getter takes.
    private static double Nanoseconds(Action<long> loop, long iterations)
    {
        if (CountsThreadTime)
        {
            var started = NativeLoops.ThreadTime();
            loop(iterations);
            return NativeLoops.ThreadTime() - started;
        }

        var start = Stopwatch.GetTimestamp();
        loop(iterations);
        return (Stopwatch.GetTimestamp() - start) * (1e9 / Stopwatch.Frequency);
    }
}
