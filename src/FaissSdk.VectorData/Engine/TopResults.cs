namespace FaissSdk.VectorData.Indexes;

/// <summary>Collects the nearest of the vectors that are offered.</summary>
internal sealed class TopResults(VectorMetric metric, int capacity)
{
    // The farthest result is removed first.
    private readonly PriorityQueue<long, (float Distance, long Id)> _queue = new(Comparer<(float Distance, long Id)>.Create((x, y) => y.CompareTo(x)));
    private float _limit = float.PositiveInfinity;

    public void Offer(float value, long id)
    {
        var distance = metric.ValueGrows ? -value : value;
        if (_queue.Count < capacity)
        {
            _queue.Enqueue(id, (distance, id));
        }
        else if (distance <= _limit)
        {
            _queue.EnqueueDequeue(id, (distance, id));
        }
        else
        {
            return;
        }

        if (_queue.Count == capacity && _queue.TryPeek(out _, out var farthest))
        {
            _limit = farthest.Distance;
        }
    }

    /// <summary>Gets the results, the nearest first.</summary>
    public (long Id, double Score)[] ToArray()
    {
        var results = new (long Id, double Score)[_queue.Count];
        for (var i = results.Length - 1; i >= 0; i--)
        {
            _ = _queue.TryDequeue(out var id, out var entry);
            results[i] = (id, metric.Score(metric.ValueGrows ? -entry.Distance : entry.Distance));
        }

        return results;
    }
}
