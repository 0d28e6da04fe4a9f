using System.Numerics;
using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Adds points, times their weights unless these are null, to the sums of their clusters, in the order of the points.</summary>
internal static unsafe class PointSums
{
    /// <summary>Adds in single precision, as FAISS does; points of clusters outside the range are skipped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSingle(
        float* points, float* weights, int* labels, int startPoint, int endPoint, int dimension, int startComponent, int endComponent, int startCluster, int endCluster, float* sums)
    {
        for (var i = startPoint; i < endPoint; i++)
        {
            var cluster = labels[i];
            if ((uint)(cluster - startCluster) >= (uint)(endCluster - startCluster))
            {
                continue;
            }

            var point = points + ((long)i * dimension);
            var sum = sums + ((long)cluster * dimension);
            var weight = weights == null ? 1 : weights[i];
            nint j = startComponent;
            for (; j <= endComponent - Vector<float>.Count; j += Vector<float>.Count)
            {
                var component = Vector.Load(point + j);
                Vector.Store((weights == null ? component : component * weight) + Vector.Load(sum + j), sum + j);
            }

            for (; j < endComponent; j++)
            {
                sum[j] += point[j] * weight;
            }
        }
    }

    /// <summary>Adds in double precision; points whose slot is outside the range are skipped.</summary>
    /// <param name="points">The points (n × d).</param>
    /// <param name="weights">The weights of the points (n), or null.</param>
    /// <param name="labels">The clusters of the points (n).</param>
    /// <param name="slots">The row of each cluster in the sums (k), or null if it is the number of the cluster.</param>
    /// <param name="startPoint">The first point to add.</param>
    /// <param name="endPoint">The exclusive end of the points.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="startComponent">The first component to add.</param>
    /// <param name="endComponent">The exclusive end of the components.</param>
    /// <param name="startSlot">The first row to add to.</param>
    /// <param name="endSlot">The exclusive end of the rows.</param>
    /// <param name="sums">The sums (rows × d).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddDouble(
        float* points, float* weights, int* labels, int* slots, int startPoint, int endPoint, int dimension, int startComponent, int endComponent, int startSlot, int endSlot, double* sums)
    {
        for (var i = startPoint; i < endPoint; i++)
        {
            var slot = slots == null ? labels[i] : slots[labels[i]];
            if ((uint)(slot - startSlot) >= (uint)(endSlot - startSlot))
            {
                continue;
            }

            // Products of two numbers of single precision are exact in double precision.
            var point = points + ((long)i * dimension);
            var sum = sums + ((long)slot * dimension);
            var weight = weights == null ? 1.0 : weights[i];
            nint j = startComponent;
            for (; j <= endComponent - Vector<float>.Count; j += Vector<float>.Count)
            {
                Vector.Widen(Vector.Load(point + j), out var low, out var high);
                if (weights != null)
                {
                    (low, high) = (low * weight, high * weight);
                }

                Vector.Store(low + Vector.Load(sum + j), sum + j);
                Vector.Store(high + Vector.Load(sum + j + Vector<double>.Count), sum + j + Vector<double>.Count);
            }

            for (; j < endComponent; j++)
            {
                sum[j] += point[j] * weight;
            }
        }
    }
}
