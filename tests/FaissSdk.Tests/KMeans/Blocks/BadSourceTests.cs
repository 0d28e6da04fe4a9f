using System.Runtime.CompilerServices;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Sources that do not do what they should, and checkpoints of something else.</summary>
public class BadSourceTests
{
    private static readonly KMeansOptions All = new() { MaxPointsPerCentroid = int.MaxValue, MaxIterations = 4 };

    private static readonly float[] Points = TestData.Uniform(2000, 4);

    [Fact]
    public void A_source_that_ends_before_its_count_is_rejected() =>
        Assert.Contains("ended after 1500 vectors, but its Count announces 2000", Assert.Throws<InvalidDataException>(() => Train(new Passes(_ => Points[..6000]) { Announced = 2000 })).Message);

    [Fact]
    public void A_source_that_exceeds_its_count_is_rejected() =>
        Assert.Contains("more vectors than the 100 that its Count announces", Assert.Throws<InvalidDataException>(() => Train(new Passes(_ => Points) { Announced = 100 })).Message);

    [Fact]
    public void A_source_that_ends_early_in_a_later_pass_is_rejected() =>
        Assert.Contains("ended after 1999 vectors, but it had 2000 in the first pass", Assert.Throws<InvalidDataException>(() => Train(new Passes(pass => pass < 3 ? Points : Points[..^4]))).Message);

    [Fact]
    public void A_source_that_can_be_read_only_once_is_rejected()
    {
        var once = Blocks().GetEnumerator();
        var source = VectorSequence.FromBlocks(() => Remaining(once), 4);
        Assert.Contains("ended after 0 vectors, but it had 2000 in the first pass", Assert.Throws<InvalidDataException>(() => Train(source)).Message);
    }

    [Fact]
    public void A_source_that_repeats_its_vectors_is_rejected() =>
        Assert.Contains("more vectors than the 2000 that it had in the first pass", Assert.Throws<InvalidDataException>(() => Train(new Passes(pass => pass == 0 ? Points : [.. Points, .. Points]))).Message);

    [Fact]
    public void A_source_that_changes_a_vector_is_rejected()
    {
        var changed = (float[])Points.Clone();
        changed[4321] += 1e-6f;
        Assert.Contains("other vectors than in the first pass", Assert.Throws<InvalidDataException>(() => Train(new Passes(pass => pass < 4 ? Points : changed))).Message);
    }

    [Fact]
    public void A_source_that_becomes_NaN_is_rejected()
    {
        var changed = (float[])Points.Clone();
        changed[4321] = float.NaN;
        Assert.Contains("NaN in vector 1080, component 1", Assert.Throws<ArgumentException>(() => Train(new Passes(pass => pass < 3 ? Points : changed))).Message);
    }

    [Fact]
    public void Blocks_of_another_dimension_are_rejected_by_number()
    {
        var source = VectorSequence.FromBlocks(() => [(ReadOnlyMemory<float>)new float[400], new float[13]], 4);
        Assert.Contains("Block 1 of the source has 13 components, which is not a multiple of the dimension 4", Assert.Throws<InvalidDataException>(() => Train(source)).Message);
    }

    [Fact]
    public void Exceptions_of_a_source_are_passed_on() =>
        Assert.Equal("disk on fire", Assert.Throws<TimeoutException>(() => Train(new Passes(pass => pass < 2 ? Points : throw new TimeoutException("disk on fire")))).Message);

    [Fact]
    public void A_reader_that_miscounts_is_rejected() =>
        Assert.Contains("has returned -1 for a span of", Assert.Throws<InvalidOperationException>(() => Train(new Miscounting())).Message);

    [Fact]
    public void A_source_that_never_returns_can_be_canceled()
    {
        using var ending = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        using var never = new ManualResetEventSlim();
        var source = new Passes(pass =>
        {
            if (pass == 2)
            {
                never.Wait(TimeSpan.FromSeconds(30));
            }

            return Points;
        });
        Assert.ThrowsAny<OperationCanceledException>(() => ManagedKMeans.Train(source, 5, All, cancellationToken: ending.Token));
        never.Set();
    }

    [Fact]
    public void A_training_that_fails_ends_reading()
    {
        var (fetched, isDisposed) = (0, false);
        IEnumerable<ReadOnlyMemory<float>> Blocks()
        {
            try
            {
                yield return WithNaN(256);
                for (; fetched < 200; fetched++)
                {
                    Thread.Sleep(5);
                    yield return Points.AsMemory(0, 4);
                }
            }
            finally
            {
                isDisposed = true;
            }
        }

        Assert.Throws<ArgumentException>(() => ManagedKMeans.Train(VectorSequence.FromBlocks(Blocks, 4), 5, All with { MaxDegreeOfParallelism = 2 }, null, new SourceTuning(null, 256)));
        Assert.True(isDisposed);
        Assert.InRange(fetched, 0, 100);
    }

    [Fact]
    public void A_training_that_fails_cancels_its_source()
    {
        var isDisposed = false;
        async IAsyncEnumerable<ReadOnlyMemory<float>> Blocks([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                yield return WithNaN(256);
                await Task.Delay(TimeSpan.FromSeconds(30), cancellationToken);
            }
            finally
            {
                isDisposed = true;
            }
        }

        Assert.Throws<ArgumentException>(() => ManagedKMeans.Train(VectorSequence.FromAsyncBlocks(Blocks, 4), 5, All with { MaxDegreeOfParallelism = 2 }, null, new SourceTuning(null, 256)));
        Assert.True(isDisposed);
    }

    [Fact]
    public void A_canceled_source_reports_the_token_of_the_caller()
    {
        using var ending = new CancellationTokenSource();
        async IAsyncEnumerable<ReadOnlyMemory<float>> Blocks([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return Points.AsMemory(0, 4);
            ending.Cancel();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        for (var i = 0; i < 20; i++)
        {
            var error = Assert.ThrowsAny<OperationCanceledException>(() => ManagedKMeans.Train(VectorSequence.FromAsyncBlocks(Blocks, 4), 1, All, cancellationToken: ending.Token));
            Assert.Equal(ending.Token, error.CancellationToken);
        }
    }

    /// <summary>The thread of a user interface waits for the training, and so runs nothing that is posted to it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_enumerator_ends_asynchronously_beside_the_only_thread_of_a_context(int threads)
    {
        async IAsyncEnumerable<ReadOnlyMemory<float>> Blocks([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                yield return WithNaN(256);
                yield return Points;
            }
            finally
            {
                await Task.Delay(10, CancellationToken.None);
            }
        }

        Exception? error = null;
        var thread = new Thread(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new Busy());
            error = Record.Exception(() => ManagedKMeans.Train(VectorSequence.FromAsyncBlocks(Blocks, 4), 5, All with { MaxDegreeOfParallelism = threads }, null, new SourceTuning(null, 256)));
        }) { IsBackground = true };
        thread.Start();
        Assert.True(thread.Join(TimeSpan.FromSeconds(30)));
        Assert.IsType<ArgumentException>(error);
    }

    [Fact]
    public void A_source_that_is_slower_than_the_training_gives_the_same_bits()
    {
        var slow = VectorSequence.FromBlocks(
            () => Points.Chunk(1600).Select(chunk =>
            {
                Thread.Sleep(5);
                return (ReadOnlyMemory<float>)chunk;
            }),
            4);
        Assert.Equal(ManagedKMeans.Train(Points, 4, 5, All).Centroids, ManagedKMeans.Train(slow, 5, All, null, new SourceTuning(null, 256)).Centroids);
    }

    [Fact]
    public void NaN_at_the_end_is_named_before_anything_is_written()
    {
        const int Count = 10_000_000;
        using var folder = new TemporaryFolder();
        var block = TestData.Uniform(100_000, 2);
        IEnumerable<ReadOnlyMemory<float>> Blocks()
        {
            for (var i = 0; i < (Count / 100_000) - 1; i++)
            {
                yield return block;
            }

            var last = (float[])block.Clone();
            last[^1] = float.NaN;
            yield return last;
        }

        var reported = 0;
        var error = Assert.Throws<ArgumentException>(() => ManagedKMeans.Train(
            VectorSequence.FromBlocks(Blocks, 2), 5, All, new() { CheckpointPath = folder.File("checkpoint") }, new Immediate(_ => reported++)));
        Assert.Equal("source", error.ParamName);
        Assert.Contains("NaN in vector 9999999, component 1", error.Message);
        Assert.Empty(folder.Names);
        Assert.Equal(0, reported);
    }

    [Fact]
    public void More_clusters_than_vectors_are_rejected()
    {
        var error = Assert.Throws<ArgumentException>(() => ManagedKMeans.Train(VectorSequence.FromMemory(Points, 4), 2001));
        Assert.Contains("2000 vectors, which is fewer than the 2001 clusters", error.Message);
    }

    [Fact]
    public void A_limit_that_is_too_small_names_the_least()
    {
        var source = VectorSequence.FromMemory(Points, 4);
        var error = Assert.Throws<ArgumentException>(() => ManagedKMeans.Train(source, 5, All, new() { MemoryLimit = 1000 }));
        Assert.Equal("sourceOptions", error.ParamName);
        var least = long.Parse(System.Text.RegularExpressions.Regex.Match(error.Message, "need ([0-9]+) at least").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Throws<ArgumentException>(() => ManagedKMeans.Train(source, 5, All, new() { MemoryLimit = least - 1 }));
        ManagedKMeans.Train(source, 5, All, new() { MemoryLimit = least });
    }

    [Fact]
    public void A_sample_that_exceeds_the_limit_names_the_least()
    {
        var source = VectorSequence.FromMemory(TestData.Uniform(200_000, 4), 4);
        var error = Assert.Throws<ArgumentException>(() => ManagedKMeans.Train(source, 500, null, new() { MemoryLimit = 1_000_000 }));
        Assert.Contains("a sample of 128000 vectors in memory needs", error.Message);
    }

    [Fact]
    public void Vectors_that_would_overflow_are_named()
    {
        var points = (float[])Points.Clone();
        points[4000] = 1e19f;
        Assert.Contains("length 1E+19 (number 1000)", Assert.Throws<ArgumentException>(() => Train(VectorSequence.FromMemory(points, 4))).Message);
    }

    [Theory]
    [InlineData("Seed 1234 instead of Seed 7")]
    [InlineData("clusters 5 instead of clusters 6")]
    [InlineData("BatchSize 0 instead of BatchSize 100")]
    [InlineData("checksum of the vectors")]
    [InlineData("checksum of Weights")]
    public void A_checkpoint_of_another_training_is_rejected(string named)
    {
        using var folder = new TemporaryFolder();
        var sourceOptions = new KMeansSourceOptions { CheckpointPath = folder.File("checkpoint") };
        ManagedKMeans.Train(VectorSequence.FromMemory(Points, 4), 5, All, sourceOptions);
        var options = named.StartsWith("Seed", StringComparison.Ordinal) ? All with { Seed = 7 }
            : named.EndsWith("Weights", StringComparison.Ordinal) ? All with { Weights = Points.AsMemory(0, 2000) }
            : All;
        var other = named.EndsWith("vectors", StringComparison.Ordinal) ? TestData.Uniform(2000, 4, seed: 2) : Points;
        var error = Assert.Throws<InvalidDataException>(() => ManagedKMeans.Train(
            VectorSequence.FromMemory(other, 4), named.StartsWith("clusters", StringComparison.Ordinal) ? 6 : 5, options, named.StartsWith("Batch", StringComparison.Ordinal) ? sourceOptions with { BatchSize = 100 } : sourceOptions));
        Assert.Contains(named, error.Message);
        Assert.Contains("Delete it to train from the beginning", error.Message);
    }

    [Fact]
    public void A_damaged_checkpoint_is_rejected()
    {
        using var folder = new TemporaryFolder();
        var sourceOptions = new KMeansSourceOptions { CheckpointPath = folder.File("checkpoint") };
        ManagedKMeans.Train(VectorSequence.FromMemory(Points, 4), 5, All, sourceOptions);
        var bytes = File.ReadAllBytes(folder.File("checkpoint"));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(folder.File("checkpoint"), bytes);
        Assert.Contains("incomplete or damaged", Assert.Throws<InvalidDataException>(() => ManagedKMeans.Train(VectorSequence.FromMemory(Points, 4), 5, All, sourceOptions)).Message);
    }

    [Fact]
    public void A_checkpoint_that_cannot_be_written_is_rejected_before_reading()
    {
        var source = new Passes(_ => throw new InvalidOperationException("read"));
        Assert.ThrowsAny<IOException>(() => ManagedKMeans.Train(source, 5, All, new() { CheckpointPath = Path.Combine(Path.GetTempPath(), "absent", "checkpoint") }));
    }

    [Fact]
    public void What_a_source_cannot_do_is_rejected()
    {
        var source = VectorSequence.FromMemory(Points, 4);
        Assert.Contains("read the source 5 times", Assert.Throws<ArgumentException>(() => ManagedKMeans.Train(source, 5, All with { Initialization = KMeansInitialization.KMeansPlusPlus })).Message);
        Assert.Contains("needs all points in memory", Assert.Throws<ArgumentException>(() => KMeans.Train(source, 5, All with { Backend = KMeansBackend.Native })).Message);
    }

    private static float[] WithNaN(int count)
    {
        var block = Points[..(count * 4)];
        block[0] = float.NaN;
        return block;
    }

    private static KMeansResult Train(VectorSequence source) => ManagedKMeans.Train(source, 5, All, null, new SourceTuning(null, 256));

    private static IEnumerable<ReadOnlyMemory<float>> Blocks() => Points.Chunk(400).Select(chunk => (ReadOnlyMemory<float>)chunk);

    private static IEnumerable<ReadOnlyMemory<float>> Remaining(IEnumerator<ReadOnlyMemory<float>> blocks)
    {
        while (blocks.MoveNext())
        {
            yield return blocks.Current;
        }
    }

    /// <summary>Returns other vectors in each pass.</summary>
    private sealed class Passes(Func<int, float[]> vectors) : VectorSequence(4)
    {
        private int _pass;

        public long? Announced { get; init; }

        public override long? Count => Announced;

        public override VectorReader Open(CancellationToken cancellationToken) => FromMemory(vectors(_pass++), 4).Open(cancellationToken);
    }

    /// <summary>Never runs what is posted to it.</summary>
    private sealed class Busy : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }

    private sealed class Miscounting() : VectorSequence(4)
    {
        public override VectorReader Open(CancellationToken cancellationToken) => new Reader();

        private sealed class Reader : VectorReader
        {
            public override int Read(Span<float> vectors) => -1;
        }
    }
}
