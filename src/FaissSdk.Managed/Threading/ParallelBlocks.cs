using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace FaissSdk;

/// <summary>Runs independent blocks on threads of the pool, each taking the next block when it is done with one: a thread that is held up delays its own block alone.</summary>
internal static class ParallelBlocks
{
    // A thread that sleeps takes 50 µs to wake, and one in five some milliseconds, where Linux wakes it on a processor that is
    // taken. Between the iterations of a training there is less than that.
    private static readonly long MostWaiting = Stopwatch.Frequency / 1000;

    private static Blocks? s_offered;
    private static int s_waiting;
    private static int s_keptAwake;

    /// <summary>Until it is disposed of, threads that are done with their blocks wait for more, for a millisecond at most, before they sleep.</summary>
    public static Wakefulness KeepAwake() => new();

    /// <summary>Calls <paramref name="body"/> for 0 … <paramref name="count"/> − 1.</summary>
    /// <param name="count">The number of blocks.</param>
    /// <param name="threads">The largest number of threads.</param>
    /// <param name="body">What is done; blocks may run at the same time.</param>
    /// <param name="cancellationToken">Looked at before every block.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void For(int count, int threads, Action<int> body, CancellationToken cancellationToken)
    {
        var others = Math.Min(threads, count) - 1;
        if (others <= 0)
        {
            for (var block = 0; block < count; block++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                body(block);
            }

            return;
        }

        // Offered before the waiting are counted, as they look for an offer after they are no longer counted.
        var blocks = new Blocks(count, others, body, cancellationToken);
        var awake = Interlocked.CompareExchange(ref s_offered, blocks, null) is null ? Waiting : 0;
        for (; others > awake; others--)
        {
            ThreadPool.UnsafeQueueUserWorkItem(blocks, preferLocal: false);
        }

        blocks.RunAndJoin();
    }

    /// <summary>The number of threads that wait for more.</summary>
    internal static int Waiting => Volatile.Read(ref s_waiting);

    private static void WaitForMore()
    {
        while (Volatile.Read(ref s_keptAwake) > 0)
        {
            // With more than one for each other processor they would keep it from those that work.
            var hasProcessor = Interlocked.Increment(ref s_waiting) < Environment.ProcessorCount;
            var spin = default(SpinWait);
            var start = Stopwatch.GetTimestamp();
            while (hasProcessor && Volatile.Read(ref s_offered) is not { IsOpen: true } && Volatile.Read(ref s_keptAwake) > 0 && Stopwatch.GetTimestamp() - start < MostWaiting)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            Interlocked.Decrement(ref s_waiting);
            if (Volatile.Read(ref s_offered)?.TryRun() != true)
            {
                return;
            }
        }
    }

    /// <summary>See <see cref="KeepAwake"/>.</summary>
    internal sealed class Wakefulness : IDisposable
    {
        private int _isDisposed;

        public Wakefulness() => Interlocked.Increment(ref s_keptAwake);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                Interlocked.Decrement(ref s_keptAwake);
            }
        }
    }

    private sealed class Blocks(int count, int others, Action<int> body, CancellationToken cancellationToken) : IThreadPoolWorkItem
    {
        private readonly object _end = new();
        private int _places = others;
        private int _next = -1;

        // The caller is one. At 0 it is over, and nobody joins any more.
        private int _running = 1;
        private Exception? _failure;

        /// <summary>Whether another thread may help.</summary>
        public bool IsOpen => Volatile.Read(ref _places) > 0 && Volatile.Read(ref _next) < count - 1;

        void IThreadPoolWorkItem.Execute()
        {
            if (TryRun())
            {
                WaitForMore();
            }
        }

        /// <summary>Helps, unless there are threads enough or it is over.</summary>
        public bool TryRun()
        {
            if (!IsOpen || Interlocked.Decrement(ref _places) < 0)
            {
                return false;
            }

            int running;
            do
            {
                running = Volatile.Read(ref _running);
                if (running == 0)
                {
                    return false;
                }
            }
            while (Interlocked.CompareExchange(ref _running, running + 1, running) != running);

            Run();
            End();
            return true;
        }

        public void RunAndJoin()
        {
            Run();
            Interlocked.CompareExchange(ref s_offered, null, this);
            End();
            var spin = default(SpinWait);
            for (var start = Stopwatch.GetTimestamp(); Volatile.Read(ref _running) > 0 && Stopwatch.GetTimestamp() - start < MostWaiting;)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            lock (_end)
            {
                while (Volatile.Read(ref _running) > 0)
                {
                    Monitor.Wait(_end);
                }
            }

            if (_failure is not null)
            {
                ExceptionDispatchInfo.Throw(_failure);
            }
        }

        private void Run()
        {
            try
            {
                int block;
                while (_failure is null && (block = Interlocked.Increment(ref _next)) < count)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    body(block);
                }
            }
            catch (Exception failure)
            {
                Interlocked.CompareExchange(ref _failure, failure, null);
            }
        }

        private void End()
        {
            if (Interlocked.Decrement(ref _running) == 0)
            {
                lock (_end)
                {
                    Monitor.PulseAll(_end);
                }
            }
        }
    }
}
