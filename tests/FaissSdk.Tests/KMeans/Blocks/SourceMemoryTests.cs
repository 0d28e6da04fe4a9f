using System.Globalization;

namespace FaissSdk.Tests.KMeansTests;

public class SourceMemoryTests
{
    private const int Dimension = 16;
    private const int Clusters = 256;
    private const int Count = 2_000_000;

    // Stacks of threads, compiled code and the collector's own memory.
    private const long RuntimeBytes = 6 << 20;

    /// <summary>The vectors take 128 MB. A process of its own, as other tests allocate as well.</summary>
    [Theory]
    [InlineData(16L << 20)]
    [InlineData(48L << 20)]
    public void A_training_keeps_to_its_limit_of_memory(long limit)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The private memory of a process is read from /proc.");
        var run = ChildProcess.Run(Measure, limit.ToString(CultureInfo.InvariantCulture), seconds: 120);
        Assert.True(run.ExitCode == 0, run.Output);
    }

    private static void Measure(string argument)
    {
        var limit = long.Parse(argument, CultureInfo.InvariantCulture);
        var options = new KMeansOptions { MaxPointsPerCentroid = int.MaxValue, MaxIterations = 4, StopWhenConverged = false };

        // The code of all steps is compiled before the memory is measured.
        ManagedKMeans.Train(Source(40_000), Clusters, options, new() { MemoryLimit = limit });
        GC.Collect();
        var before = PrivateBytes();
        var (peak, ended) = (before, false);
        var sampler = new Thread(() =>
        {
            while (!Volatile.Read(ref ended))
            {
                peak = Math.Max(peak, PrivateBytes());
                Thread.Sleep(2);
            }
        });
        sampler.Start();
        ManagedKMeans.Train(Source(Count), Clusters, options, new() { MemoryLimit = limit });
        Volatile.Write(ref ended, true);
        sampler.Join();
        Assert.InRange(peak - before, 0, limit + RuntimeBytes);
    }

    private static VectorSequence Source(int count)
    {
        var block = TestData.Clustered(10_000, Dimension, 300);
        return VectorSequence.FromBlocks(() => Enumerable.Repeat((ReadOnlyMemory<float>)block, count / 10_000), Dimension);
    }

    private static long PrivateBytes() =>
        long.Parse(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))["RssAnon:".Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) << 10;
}
