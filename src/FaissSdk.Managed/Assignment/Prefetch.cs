using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Prefetches memory that is needed next, spread over the steps of the work that is done meanwhile. It has no effect where .NET exposes no prefetch instruction.</summary>
internal unsafe struct Prefetch
{
    /// <summary>The distance, in components, at which micro-kernels prefetch into the first-level cache: slightly more than the latency of the second level.</summary>
    public const int ComponentsAhead = 16;

    private const int CacheLine = 64;

    private readonly long _bytesPerStep;
    private readonly byte* _end;
    private byte* _next;

    public Prefetch(float* start, long length, int steps)
    {
        _next = (byte*)start;
        _end = _next + (length * sizeof(float));
        _bytesPerStep = ((length * sizeof(float) / steps) + CacheLine - 1) & -CacheLine;
    }

    /// <summary>Prefetches the memory of one step at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next()
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (var stop = _next + NextBytes; _next < stop; _next += CacheLine)
        {
            Sse.Prefetch1(_next);
        }
    }

    /// <summary>Returns the memory of one step, to be prefetched a little at a time: many requests at once would delay other loads.</summary>
    /// <param name="times">The number of calls of <see cref="Run.Next"/> to spread the memory over.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Run NextRun(int times)
    {
        var bytes = NextBytes;
        var run = new Run(_next, (nint)((bytes + times - 1) / times));
        _next += bytes;
        return run;
    }

    /// <summary>Prefetches floats that are needed soon into the first-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Soon(float* start, int length)
    {
        if (Sse.IsSupported)
        {
            for (var i = 0; i < length; i += CacheLine / sizeof(float))
            {
                Sse.Prefetch0(start + i);
            }
        }
    }

    private readonly long NextBytes => Math.Min(_bytesPerStep, _end - _next);

    /// <summary>Represents the memory of one step, which is prefetched a little at a time.</summary>
    internal struct Run(byte* next, nint bytes)
    {
        private byte* _next = next;

        /// <summary>Returns a run that prefetches nothing but memory that is in the cache already: null would cost a walk through the page table each time.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Run None(void* cached) => new((byte*)cached, 0);

        /// <summary>Prefetches the next bytes.</summary>
        /// <param name="times">The number of calls that this one stands for.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Next(int times)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch1(_next);
                _next += times * bytes;
            }
        }
    }
}
