using FaissSdk;

var random = new Random(1);
float[] Random(int n, int d) => [.. Enumerable.Range(0, n * d).Select(_ => random.NextSingle())];
float[] vectors = Random(2000, 128);
float[] queries = vectors[..(3 * 128)];
long[] ids = [.. Enumerable.Range(0, 2000).Select(i => 1000L + i)];
using FaissIndex ivf = FaissIndex.Create(128, "IVF16,Flat");
ivf.Train(vectors);
ivf.AddWithIds(vectors, ids);
SearchResult found;
