using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace FaissSdk;

/// <summary>Asks for memory that is needed next, in as many steps as there is work to do meanwhile; without effect where .NET has no such instruction.</summary>
internal unsafe struct Prefetch
{
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next()
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        var stop = _next + Math.Min(_bytesOfStep, _end - _next);
        for (; _next < stop; _next += Line)
        {
            Sse.Prefetch1(_next);
        }
    }
}
