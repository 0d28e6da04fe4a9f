namespace FaissSdk;

/// <summary>Runs independent blocks on threads of the pool, each taking the next block when it is done with one: a thread that is held up delays its own block alone.</summary>
internal static class ParallelBlocks
{
    /// <summary>Calls <paramref name="body"/> for 0 … <paramref name="count"/> − 1.</summary>
    /// <param name="count">The number of blocks.</param>
    /// <param name="threads">The largest number of threads.</param>
    /// <param name="body">What is done; blocks may run at the same time.</param>
    /// <param name="cancellationToken">Looked at before every block.</param>
    public static void For(int count, int threads, Action<int> body, CancellationToken cancellationToken)
    {
        threads = Math.Min(threads, count);
        if (threads <= 1)
        {
            for (var block = 0; block < count; block++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                body(block);
            }

            return;
        }

        var next = -1;
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, _ =>
        {
            int block;
            while ((block = Interlocked.Increment(ref next)) < count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                body(block);
            }
        });
        cancellationToken.ThrowIfCancellationRequested();
    }
}
