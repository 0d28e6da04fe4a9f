using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace FaissSdk.Orleans.Tests;

/// <summary>Searches of collections answer as one index.</summary>
public sealed class SearchTests(TestCluster cluster)
{
    private const int Dimension = 24;

    // From 20 queries on FAISS computes distances by BLAS, whose kernels depend on the number of vectors.
    private const int FewQueries = 19;

    [Theory]
    [InlineData(MetricType.L2, 1, 10)]
    [InlineData(MetricType.InnerProduct, 2, 10)]
    [InlineData(MetricType.L2, 2, 150)]
    public async Task Flat_shards_answer_few_queries_to_the_bit(MetricType metric, int replicas, int k)
    {
        var vectors = TestVectors.Random(2000, Dimension);
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", vectors, Dimension, replicas: replicas, metric: metric);
        using (index)
        {
            var queries = TestVectors.Random(FewQueries, Dimension, seed: 2);
            TestVectors.AssertEqual(index.Search(queries, k), (await collection.SearchAsync(queries, k)).Result);
        }
    }

    [Theory]
    [InlineData(MetricType.L2, 10)]
    [InlineData(MetricType.InnerProduct, 150)]
    public async Task Flat_shards_answer_many_queries_to_the_rounding_of_BLAS(MetricType metric, int k)
    {
        var vectors = TestVectors.Random(2000, Dimension);
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", vectors, Dimension, metric: metric);
        using (index)
        {
            const int many = 200;
            var queries = TestVectors.Random(many, Dimension, seed: 2);
            var (expected, found) = (index.Search(queries, k), (await collection.SearchAsync(queries, k)).Result);
            // Components are in [0, 1), so that |x|², |y|² and x·y are less than d, and each is within γ = d·u / (1 − d·u) of d of its value in any order of additions (Higham, Accuracy and Stability, 3.1).
            // |x|² + |y|² − 2x·y adds three more roundings of values below 4d. Two ways to compute a distance differ by twice that, and so do the j-th smallest of many.
            const double unit = 1.0 / (1 << 24), gamma = Dimension * unit / (1 - (Dimension * unit));
            const double bound = 2 * ((4 * gamma * Dimension) + (3 * unit * 4 * Dimension));
            for (var i = 0; i < expected.Distances.Length; i++)
            {
                Assert.Equal(expected.Distances[i], found.Distances[i], bound);
            }

            for (var query = 0; query < many; query++)
            {
                var last = (double)found.Distances[(query * k) + k - 1];
                var isAscending = metric == MetricType.L2;
                // Vectors that are nearer than the last one by more than the rounding are in both.
                var surely = expected[query].Where(neighbor => isAscending ? neighbor.Distance < last - bound : neighbor.Distance > last + bound).Select(neighbor => neighbor.Id);
                Assert.Subset(found[query].Ids.ToArray().ToHashSet(), surely.ToHashSet());
            }
        }
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(1, 99)]
    [InlineData(1, 100)]
    [InlineData(1, 250)]
    [InlineData(2, 150)]
    public async Task Ties_at_the_last_place_are_any_of_those_of_one_index(int replicas, int k)
    {
        // Small integers: all sums are exact, and many distances equal.
        var vectors = Array.ConvertAll(TestVectors.Random(3000, 3), component => MathF.Floor(component * 6));
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", vectors, 3, shards: 5, replicas: replicas);
        using (index)
        {
            var queries = Array.ConvertAll(TestVectors.Random(40, 3, seed: 2), component => MathF.Floor(component * 6));
            var (expected, found) = (index.Search(queries, k), (await collection.SearchAsync(queries, k)).Result);
            var all = index.Search(queries, 3000);
            Assert.Equal(expected.Distances, found.Distances);
            for (var query = 0; query < 40; query++)
            {
                var last = found[query].Distances[^1];
                Assert.Equal(Nearer(expected[query], last).Order(), Nearer(found[query], last).Order());
                Assert.Subset(all[query].Where(neighbor => neighbor.Distance == last).Select(neighbor => neighbor.Id).ToHashSet(), found[query].Where(neighbor => neighbor.Distance == last).Select(neighbor => neighbor.Id).ToHashSet());
                // Each once, and the lower id first among equal distances.
                Assert.Equal(found[query].OrderBy(neighbor => neighbor.Distance).ThenBy(neighbor => neighbor.Id).Select(neighbor => neighbor.Id).Distinct(), found[query].Ids.ToArray());
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Inverted_lists_answer_as_one_index(int probes)
    {
        var vectors = TestVectors.Random(3000, Dimension);
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IVF16,SQ8", vectors, Dimension, shards: 5);
        using (index)
        {
            var queries = TestVectors.Random(40, Dimension, seed: 2);
            using var parameters = new SearchParametersIVF(nProbe: probes);
            var found = await collection.SearchAsync(queries, 10, new ShardedSearchOptions { NProbe = probes });
            Assert.Equal(index.Search(queries, 10, parameters).Ids, found.Result.Ids);
            Assert.True(found.IsComplete);
        }
    }

    [Fact]
    public async Task An_answer_does_not_wait_for_blocks_that_its_caller_sends_afterwards()
    {
        var vectors = TestVectors.Random(200, Dimension);
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", vectors, Dimension);
        using (index)
        {
            var channel = Channel.CreateUnbounded<VectorBlock>();
            var sent = 0;
            void Send() => channel.Writer.TryWrite(new VectorBlock(vectors.AsMemory(sent++ * Dimension, Dimension), Dimension));
            Send();
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var answers = 0;
            await foreach (var answer in collection.SearchAsync(channel.Reader.ReadAllAsync(CancellationToken.None), 1, cancellationToken: stop.Token))
            {
                TestVectors.AssertEqual(index.Search(vectors.AsSpan(answers++ * Dimension, Dimension), 1), answer.Result);
                if (answers < 10)
                {
                    Send();
                }
                else
                {
                    channel.Writer.Complete();
                }
            }

            Assert.Equal(10, answers);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_source_is_disposed_when_its_caller_stops(bool heedsToken)
    {
        var (collection, index) = await TestVectors.BuildAsync(cluster.Faiss, "IDMap2,Flat", TestVectors.Random(90, Dimension), Dimension);
        index.Dispose();
        var (never, isDisposed) = (new TaskCompletionSource(), false);
        async IAsyncEnumerable<VectorBlock> Blocks([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            try
            {
                yield return new VectorBlock(new float[Dimension], Dimension);
                await (heedsToken ? never.Task.WaitAsync(cancellationToken) : never.Task);
            }
            finally
            {
                isDisposed = true;
            }
        }

        async Task StopAsync()
        {
            await foreach (var answer in collection.SearchAsync(Blocks(), 1))
            {
                Assert.True(answer.IsComplete);
                break;
            }
        }

        await StopAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(heedsToken, isDisposed);
        never.SetResult();
    }

    private static IEnumerable<long> Nearer(SearchResultRow neighbors, float last) => neighbors.Where(neighbor => neighbor.Distance < last).Select(neighbor => neighbor.Id);
}
