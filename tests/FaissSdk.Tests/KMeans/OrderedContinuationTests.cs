namespace FaissSdk.Tests.KMeansTests;

public class OrderedContinuationTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 500)]
    [InlineData(2, 500)]
    [InlineData(8, 2000)]
    public void Continuations_run_once_per_block_in_order(int threads, int count)
    {
        for (var round = 0; round < 20; round++)
        {
            var random = new Random(round);
            var blocks = Enumerable.Range(0, count).ToArray();
            random.Shuffle(blocks);
            var (seen, running, next) = (new List<int>(), 0, -1);
            var continuation = new OrderedContinuation(count, block =>
            {
                Assert.Equal(1, Interlocked.Increment(ref running));
                seen.Add(block);
                Interlocked.Decrement(ref running);
            });
            var workers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
            {
                int taken;
                while ((taken = Interlocked.Increment(ref next)) < count)
                {
                    continuation.Complete(blocks[taken]);
                }
            })).ToArray();
            Array.ForEach(workers, worker => worker.Start());
            Array.ForEach(workers, worker => worker.Join());
            Assert.Equal(Enumerable.Range(0, count), seen);
        }
    }

    [Fact]
    public void The_last_completion_runs_the_remaining_continuations()
    {
        var seen = new List<int>();
        var continuation = new OrderedContinuation(3, seen.Add);
        continuation.Complete(1);
        var other = new Thread(() =>
        {
            continuation.Complete(0);
            Assert.Empty(seen);
            continuation.Complete(2);
        });
        other.Start();
        other.Join();
        Assert.Equal([0, 1, 2], seen);
    }
}
