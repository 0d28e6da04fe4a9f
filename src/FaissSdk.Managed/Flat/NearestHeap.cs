using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Keeps the k least numbers of those offered, the greatest at the root.</summary>
internal static unsafe class NearestHeap
{
    /// <summary>Adds a number to a heap that is not full.</summary>
    public static void Push(ulong* heap, int count, ulong entry)
    {
        var i = count;
        while (i > 0)
        {
            var parent = (i - 1) / 2;
            if (heap[parent] >= entry)
            {
                break;
            }

            heap[i] = heap[parent];
            i = parent;
        }

        heap[i] = entry;
    }

    /// <summary>Replaces the greatest number of a full heap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReplaceRoot(ulong* heap, int count, ulong entry)
    {
        var i = 0;
        for (var child = 1; child < count; child = (2 * i) + 1)
        {
            if (child + 1 < count && heap[child + 1] > heap[child])
            {
                child++;
            }

            if (heap[child] <= entry)
            {
                break;
            }

            heap[i] = heap[child];
            i = child;
        }

        heap[i] = entry;
    }
}
