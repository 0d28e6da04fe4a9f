namespace FaissSdk.Tests.KMeansTests;

public class InOrderTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 500)]
    [InlineData(2, 500)]
    [InlineData(8, 2000)]
    public void What_follows_comes_once_for_each_block_in_their_order(int threads, int count)
    {
        for (var round = 0; round < 20; round++)
        {
            var random = new Random(round);
            var blocks = Enumerable.Range(0, count).ToArray();
            random.Shuffle(blocks);
            var (seen, running, next) = (new List<int>(), 0, -1);
            var following = new InOrder(count, block =>
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
                    following.Done(blocks[taken]);
                }
            })).ToArray();
            Array.ForEach(workers, worker => worker.Start());
            Array.ForEach(workers, worker => worker.Join());
            Assert.Equal(Enumerable.Range(0, count), seen);
        }
    }

    [Fact]
    public void The_last_block_brings_what_is_left_whoever_ends_it()
    {
        var seen = new List<int>();
        var following = new InOrder(3, seen.Add);
        following.Done(1);
        var other = new Thread(() =>
        {
            following.Done(0);
            Assert.Empty(seen);
            following.Done(2);
        });
        other.Start();
        other.Join();
        Assert.Equal([0, 1, 2], seen);
    }
}
