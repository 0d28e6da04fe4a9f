using System.Numerics.Tensors;

namespace FaissSdk.Benchmarks;

/// <summary>Compares a query with every vector, in memory.</summary>
internal sealed class MemoryScan : IMeasuredStore
{
    private readonly List<(int Id, int Number, float[] Vector)> _records = [];

    public Task Insert(int first, float[][] vectors)
    {
        for (var i = 0; i < vectors.Length; i++)
        {
            _records.Add((first + i, StoreWorkload.Number(first + i), vectors[i]));
        }

        return Task.CompletedTask;
    }

    public Task Finish() => Task.CompletedTask;

    public Task<int[]> Search(float[] query, int first, int width)
    {
        var nearest = new NearestRecords();
        foreach (var (id, number, vector) in _records)
        {
            if ((uint)(number - first) < width)
            {
                nearest.Add(id, TensorPrimitives.Dot<float>(vector, query));
            }
        }

        return Task.FromResult(nearest.Ids);
    }

    public void Dispose() => _records.Clear();
}
