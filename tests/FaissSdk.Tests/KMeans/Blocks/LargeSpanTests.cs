using System.Runtime.InteropServices;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Tests of spans that have more bytes than a span of bytes holds, in memory that is reserved and not used.</summary>
public sealed unsafe class LargeSpanTests : IDisposable
{
    private const int Length = (1 << 29) + 64;

    private readonly float* _memory;

    public LargeSpanTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.Is64BitProcess, "Memory is reserved without being used.");
        _memory = (float*)NativeMemory.Alloc(Length, sizeof(float));
    }

    public void Dispose() => NativeMemory.Free(_memory);

    [Fact]
    public void Large_outputs_are_compared_with_inputs()
    {
        var large = new Span<float>(_memory, Length);
        float[] small = [1, 2, 3];
        VectorShape.CheckDisjoint<float, float>(small, large, "output");
        VectorShape.CheckDisjoint<float, float>(large, small, "output");
        VectorShape.CheckDisjoint<float, float>(large[..^8], large[^8..], "output");
        VectorShape.CheckDisjoint<float, float>(large[8..8], large, "output");
        Assert.Throws<ArgumentException>("output", () => VectorShape.CheckDisjoint<float, float>(new ReadOnlySpan<float>(_memory, Length), new Span<float>(_memory + Length - 1, 1), "output"));
        Assert.Throws<ArgumentException>("output", () => VectorShape.CheckDisjoint<float, double>(new ReadOnlySpan<float>(_memory + Length - 1, 1), new Span<double>(_memory, Length / 2), "output"));
    }

    [Fact]
    public void A_file_is_read_into_a_large_span()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("zeros.fbin");
        using (var file = File.Create(path))
        {
            // A file without blocks on disk.
            file.Write(MemoryMarshal.AsBytes<int>([Length / 16, 16]));
            file.SetLength(8 + (4L * Length));
        }

        using var reader = VectorSequence.FromFile(path).Open(TestContext.Current.CancellationToken);
        Assert.InRange(reader.Read(new Span<float>(_memory, Length)), 1, 1 << 20);
    }

    [Fact]
    public void Chunks_of_long_vectors_fit_an_array()
    {
        foreach (var dimension in (int[])[1, 1000, 300_000, SourceBuffers.MaxDimension])
        {
            var rows = SourceBuffers.RowsFor(VectorSequence.FromBlocks(() => Array.Empty<ReadOnlyMemory<float>>(), dimension));
            Assert.Equal(0, rows % SourcePass.GroupRows);
            Assert.InRange((long)rows * dimension, 1, Array.MaxLength);
        }
    }

    [Fact]
    public void A_checkpoint_that_an_array_does_not_hold_is_refused()
    {
        var source = VectorSequence.FromBlocks(() => Array.Empty<ReadOnlyMemory<float>>(), 1 << 14);
        var error = Assert.Throws<ArgumentException>("sourceOptions", () => ManagedKMeans.Train(source, 1 << 14, null, new() { CheckpointPath = "checkpoint" }));
        Assert.Contains("more than an array holds; train without a checkpoint", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_that_an_array_does_not_hold_is_refused()
    {
        var writer = new StateWriter("FSKMTEST"u8, 1);
        var error = Assert.Throws<InvalidOperationException>(() => writer.Write<float>(new ReadOnlySpan<float>(_memory, Length)));
        Assert.Contains("use KMeansSums of fewer clusters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checksum_of_values_in_steps_covers_all()
    {
        var values = TestData.Uniform(100, 10);
        Assert.Equal(Checksum.Of(MemoryMarshal.AsBytes<float>(values)), Checksum.OfValues<float>(values));
        var sums = new HashSet<ulong> { Checksum.OfValues<float>(values, 300) };
        for (var i = 0; i < values.Length; i++)
        {
            values[i]++;
            Assert.True(sums.Add(Checksum.OfValues<float>(values, 300)));
        }
    }
}
