using FaissSdk;

var random = new Random(1);
float[] Random(int n, int d) => [.. Enumerable.Range(0, n * d).Select(_ => random.NextSingle())];
int BytesPerVector(string description)
{
    const int n = 2000, d = 64;
    float[] vectors = Random(n, d);
    using FaissIndex index = FaissIndex.Create(d, description);
    index.Train(vectors);
    long Add()
    {
        if (description.StartsWith("IDMap", StringComparison.Ordinal)) index.AddWithIds(vectors, [.. Enumerable.Range((int)index.Count, n).Select(id => (long)id)]);
        else index.Add(vectors);
        return index.Serialize().LongLength;
    }

    long once = Add();
    return (int)Math.Round((Add() - once) / (double)n);
}
