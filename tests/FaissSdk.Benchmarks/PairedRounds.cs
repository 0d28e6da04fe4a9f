using System.Diagnostics;

namespace FaissSdk.Benchmarks;

/// <summary>
/// Measures loops relative to the first of them. Rounds are so short that the state of the machine is the same for all loops of
/// a round; a disturbance of one round makes an outlier, which the median ignores.
/// </summary>
internal sealed class PairedRounds
{
    private readonly double[][] _nanoseconds;

    private PairedRounds(double[][] nanoseconds) => _nanoseconds = nanoseconds;

    /// <summary>Gets a value indicating whether the processor time of this thread is measured, which is the whole time if FAISS has one thread; otherwise wall-clock time is.</summary>
    public static bool CountsThreadTime { get; } = Environment.GetEnvironmentVariable("OMP_NUM_THREADS") == "1";

    /// <summary>Runs all loops in every round, in a new random order each time.</summary>
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
            // Spreads drift, and the effect of the previous loop on the caches, evenly over all loops.
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

    // Tiered compilation recompiles a method after 30 calls and a pause without compilations, and once more after as many calls.
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

    // Not a TimeSpan, because its ticks are longer than the call of a getter.
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
