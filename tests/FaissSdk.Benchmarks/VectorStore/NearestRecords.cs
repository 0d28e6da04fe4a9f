namespace FaissSdk.Benchmarks;

/// <summary>Keeps the records of the highest similarities.</summary>
internal sealed class NearestRecords
{
    private readonly PriorityQueue<int, float> _queue = new(StoreWorkload.Top + 1);

    public int[] Ids => [.. _queue.UnorderedItems.Select(item => item.Element)];

    public void Add(int id, float similarity)
    {
        if (_queue.Count < StoreWorkload.Top)
        {
            _queue.Enqueue(id, similarity);
        }
        else if (_queue.TryPeek(out _, out var least) && similarity > least)
        {
            _queue.DequeueEnqueue(id, similarity);
        }
    }
}
