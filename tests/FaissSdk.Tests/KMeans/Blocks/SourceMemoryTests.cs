using System.Buffers.Text;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

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

    /// <summary>The vectors take 15 MB, and the sample 13 MB.</summary>
    [Fact]
    public void A_sample_with_batches_keeps_to_the_limit_of_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The private memory of a process is read from /proc.");
        ChildProcess.Run(_ => MeasureSample()).AssertReturned();
    }

    private static void MeasureSample()
    {
        const long Limit = 22_000_000;
        var options = new KMeansOptions { MaxPointsPerCentroid = 500, MaxIterations = 3, StopWhenConverged = false };
        var block = TestData.Uniform(1000, 64);
        ManagedKMeans.Train(Blocks(8), 10, options, new() { MemoryLimit = Limit, BatchSize = 5000 });
        GC.Collect();
        Assert.InRange(PeakOf(() => ManagedKMeans.Train(Blocks(60), 100, options, new() { MemoryLimit = Limit, BatchSize = 5000 })), 0, Limit + RuntimeBytes);

        VectorSequence Blocks(int count) => VectorSequence.FromBlocks(() => Enumerable.Repeat((ReadOnlyMemory<float>)block, count), 64);
    }

    private static readonly SafeFileHandle s_status = OperatingSystem.IsLinux() ? File.OpenHandle("/proc/self/status") : new SafeFileHandle();

    private static void Measure(string argument)
    {
        var limit = long.Parse(argument, CultureInfo.InvariantCulture);
        var options = new KMeansOptions { MaxPointsPerCentroid = int.MaxValue, MaxIterations = 4, StopWhenConverged = false };

        // The code of all steps is compiled before the memory is measured.
        ManagedKMeans.Train(Source(40_000), Clusters, options, new() { MemoryLimit = limit });
        GC.Collect();
        Assert.InRange(PeakOf(() => ManagedKMeans.Train(Source(Count), Clusters, options, new() { MemoryLimit = limit })), 0, limit + RuntimeBytes);
    }

    private static long PeakOf(Action training)
    {
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
        training();
        Volatile.Write(ref ended, true);
        sampler.Join();
        return peak - before;
    }

    private static VectorSequence Source(int count)
    {
        var block = TestData.Clustered(10_000, Dimension, 300);
        return VectorSequence.FromBlocks(() => Enumerable.Repeat((ReadOnlyMemory<float>)block, count / 10_000), Dimension);
    }

    // Without allocations, which would count as well.
    private static long PrivateBytes()
    {
        Span<byte> text = stackalloc byte[4096];
        text = text[..RandomAccess.Read(s_status, text, 0)];
        text = text[(text.IndexOf("RssAnon:"u8) + "RssAnon:".Length)..].TrimStart(" \t"u8);
        return Utf8Parser.TryParse(text, out long kilobytes, out _) ? kilobytes << 10 : throw new InvalidDataException("RssAnon is no number.");
    }
}
