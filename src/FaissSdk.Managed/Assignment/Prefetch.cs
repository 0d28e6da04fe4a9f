using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Asks for memory that is needed next, in as many steps as there is work to do meanwhile; without effect where .NET has no such instruction.</summary>
internal unsafe struct Prefetch
{
    /// <summary>What a micro-kernel asks the first-level cache for is that many components ahead of its use: the second level's latency, and some.</summary>
    public const int ComponentsAhead = 16;

    private const int Line = 64;

    private readonly long _bytesOfStep;
    private readonly byte* _end;
    private byte* _next;

    public Prefetch(float* start, long length, int steps)
    {
        _next = (byte*)start;
        _end = _next + (length * sizeof(float));
        _bytesOfStep = ((length * sizeof(float) / steps) + Line - 1) & -Line;
    }

    /// <summary>Asks for what one step brings, at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next()
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (var stop = _next + BytesOfStep; _next < stop; _next += Line)
        {
            Sse.Prefetch1(_next);
        }
    }

    /// <summary>What one step brings, to be asked for a little at a time: many requests at once would keep others waiting.</summary>
    /// <param name="times">How often <see cref="Run.Next"/> will be called.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Run NextRun(int times)
    {
        var bytes = BytesOfStep;
        var run = new Run(_next, (nint)((bytes + times - 1) / times));
        _next += bytes;
        return run;
    }

    /// <summary>Asks for floats that are needed in a moment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Soon(float* start, int length)
    {
        if (Sse.IsSupported)
        {
            for (var i = 0; i < length; i += Line / sizeof(float))
            {
                Sse.Prefetch0(start + i);
            }
        }
    }

    private readonly long BytesOfStep => Math.Min(_bytesOfStep, _end - _next);

    /// <summary>A step's memory, asked for a little at a time.</summary>
    internal struct Run(byte* next, nint bytes)
    {
        private byte* _next = next;

        /// <summary>Asks for the next bytes.</summary>
        /// <param name="times">For how many calls this one stands.</param>
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
