namespace FaissSdk;

/// <summary>Assigns points to centroids of bounded capacity, so that no point and centroid would both prefer each other.</summary>
/// <remarks>Points propose to their centroids in the order of distance, and a full centroid rejects its farthest point. With ties broken by numbers the result does not depend on the order of proposals.</remarks>
/// <param name="points">The points (n × d).</param>
/// <param name="centroids">The centroids (k × d).</param>
/// <param name="dimension">The number of components, d.</param>
/// <param name="capacity">The maximum number of points of a centroid; k times as many are at least n.</param>
internal sealed class StableAssignment(float[] points, float[] centroids, int dimension, int capacity)
{
    private const int ProposalsPerCheck = 1024;

    private readonly int _clusters = centroids.Length / dimension;

    /// <summary>Returns the centroid of each point (n).</summary>
    public int[] Assign(CancellationToken cancellationToken)
    {
        var count = points.Length / dimension;
        var labels = new int[count];
        var last = new (float Distance, int Centroid)[count];
        Array.Fill(last, (float.NegativeInfinity, -1));
        var accepted = new PriorityQueue<int, (float, int)>[_clusters];
        for (var centroid = 0; centroid < _clusters; centroid++)
        {
            accepted[centroid] = new PriorityQueue<int, (float, int)>(Comparer<(float, int)>.Create((left, right) => right.CompareTo(left)));
        }

        var distances = new float[_clusters];
        var proposals = 0;
        for (var first = 0; first < count; first++)
        {
            for (var point = first; point >= 0;)
            {
                if (proposals++ % ProposalsPerCheck == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                last[point] = Next(point, last[point], distances);
                var (distance, centroid) = last[point];
                labels[point] = centroid;
                accepted[centroid].Enqueue(point, (distance, point));
                point = accepted[centroid].Count > capacity ? accepted[centroid].Dequeue() : -1;
            }
        }

        return labels;
    }

    /// <summary>Returns the nearest centroid beyond the one that has rejected the point.</summary>
    private (float Distance, int Centroid) Next(int point, (float Distance, int Centroid) last, float[] distances)
    {
        var vector = points.AsSpan(point * dimension, dimension);
        for (var centroid = 0; centroid < _clusters; centroid++)
        {
            distances[centroid] = LaneSums.SquaredDistance(vector, centroids.AsSpan(centroid * dimension, dimension));
        }

        var best = (Distance: float.PositiveInfinity, Centroid: int.MaxValue);
        for (var centroid = 0; centroid < _clusters; centroid++)
        {
            var candidate = (distances[centroid], centroid);
            if (candidate.CompareTo(last) > 0 && candidate.CompareTo(best) < 0)
            {
                best = candidate;
            }
        }

        return best;
    }
}
