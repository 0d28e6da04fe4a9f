namespace FaissSdk.Orleans.Tests;

/// <summary>Parts of points that are changed, or used by several trainings.</summary>
[Collection(typeof(OneSilo))]
public sealed class PointPartTests(OneSilo own) : IDisposable
{
    private const int Dimension = 4;
    private const int Clusters = 2;
    private static readonly PartOptions Options = PartOptions.Of(new KMeansOptions());

    public void Dispose() => own.Store.Reset();

    [Fact]
    public async Task Points_that_are_stored_again_are_trained_on_instead_of_the_old_ones()
    {
        var (name, options) = (TestVectors.NewName(), new KMeansOptions { MaxIterations = 3, MaxPointsPerCentroid = int.MaxValue });
        for (var seed = 1; seed <= 2; seed++)
        {
            var points = TestVectors.Random(200, Dimension, seed);
            var set = await own.Faiss.CreatePointSetAsync(name, Dimension, 1);
            await set.AppendAsync(0, points);
            await set.SealAsync();
            var found = await set.TrainAsync(8, options);
            Assert.Equal(ManagedKMeans.Train(points, Dimension, 8, options).Centroids, found.Centroids);
            await set.DeleteAsync();
        }
    }

    [Fact]
    public async Task Centroids_and_weights_that_another_training_has_replaced_are_sent_again()
    {
        var (part, files) = await StoreAsync();
        var (first, other) = (NewToken(isWeighted: true), NewToken(isWeighted: true));
        await LoadAsync(part, files, first);
        var (row, half) = (new VectorBlock(new float[Dimension], Dimension), new VectorBlock(new float[10], 1));
        await part.SetCentroids(first, Clusters, 0, row);
        await part.SetWeights(first, 0, half);
        await part.SetCentroids(other, Clusters, 0, row);
        await part.SetWeights(other, 0, half);
        await Assert.ThrowsAsync<PointsLostException>(() => part.SetCentroids(first, Clusters, 1, row));
        await Assert.ThrowsAsync<PointsLostException>(() => part.SetWeights(first, 10, half));
    }

    [Fact]
    public async Task An_assignment_of_another_training_discards_the_sums()
    {
        var (part, files) = await StoreAsync();
        var (first, other) = (NewToken(), NewToken());
        await LoadAsync(part, files, first);
        await SendAsync(part, first);
        while (!await part.Assign(first, Options))
        {
        }

        await using (var busy = new BusyGate(own.Cluster, calls: 1))
        {
            var add = part.Add(first, new SumsMessage(0, Clusters, [], []), default);
            await busy.WaitForAsync(calls: 2);
            await SendAsync(part, other);
            var assign = part.Assign(other, Options);
            // Behind the call that begins the assignment, in the order of the grain.
            await part.Begin(files, Dimension, other);
            busy.Free();
            await Assert.ThrowsAsync<PointsLostException>(() => add);
            await assign;
        }

        while (!await part.Assign(other, Options))
        {
        }

        // The assignment of the first training is not used for the sums of the other.
        await Assert.ThrowsAsync<PointsLostException>(() => part.TakeSums(other, 0));
    }

    [Fact]
    public async Task Two_trainings_of_one_set_at_a_time_both_have_their_own_result()
    {
        var points = TestVectors.Random(400, Dimension);
        var set = await own.Faiss.CreatePointSetAsync(TestVectors.NewName(), Dimension, 2);
        await set.AppendAsync(0, points.AsMemory(0, 150 * Dimension));
        await set.AppendAsync(1, points.AsMemory(150 * Dimension));
        await set.SealAsync();
        await Task.WhenAll(Enumerable.Range(0, 2).Select(async seed =>
        {
            var options = new KMeansOptions { MaxIterations = 3, Seed = seed, MaxPointsPerCentroid = int.MaxValue };
            var found = await set.TrainAsync(8, options);
            Assert.Equal(ManagedKMeans.Train(points, Dimension, 8, options).Centroids, found.Centroids);
        }));
    }

    [Fact]
    public async Task An_assignment_that_was_refused_by_a_full_queue_is_begun_again()
    {
        var (part, files) = await StoreAsync();
        var token = NewToken();
        await LoadAsync(part, files, token);
        await SendAsync(part, token);
        await using (new BusyGate(own.Cluster, calls: 1 + new FaissSiloOptions().MaxQueuedCalls))
        {
            await Assert.ThrowsAsync<ShardBusyException>(() => part.Assign(token, Options));
        }

        Assert.True(await part.Assign(token, Options));
    }

    [Fact]
    public async Task Points_that_take_longer_to_load_than_a_part_may_be_lost_are_waited_for()
    {
        var points = TestVectors.Random(20, Dimension);
        var set = await own.Faiss.CreatePointSetAsync(TestVectors.NewName(), Dimension, 1);
        await set.AppendAsync(0, points);
        await set.SealAsync();
        own.Store.BeforeReading = _ => Task.Delay(TimeSpan.FromSeconds(3.5));
        var options = new KMeansOptions { MaxIterations = 1, MaxPointsPerCentroid = int.MaxValue };
        var found = await set.TrainAsync(Clusters, options, new KMeansDistribution { RepeatAfter = TimeSpan.FromSeconds(1.5), Timeout = TimeSpan.FromSeconds(1.5) });
        Assert.Equal(ManagedKMeans.Train(points, Dimension, Clusters, options).Centroids, found.Centroids);
    }

    private static KMeansToken NewToken(bool isWeighted = false) => new(Guid.NewGuid(), 1, isWeighted);

    private async Task<(IPointPart Part, PointPartFiles Files)> StoreAsync()
    {
        var set = await own.Faiss.CreatePointSetAsync(TestVectors.NewName(), Dimension, 1);
        await set.AppendAsync(0, TestVectors.Random(20, Dimension));
        await set.SealAsync();
        var manifest = await own.Cluster.Cluster.Client.GetGrain<IPointSetDirectory>(set.Name).Get();
        Assert.NotNull(manifest);
        return (own.Cluster.Cluster.Client.GetGrain<IPointPart>(ClusterParts.KeyOf(manifest, 0)), manifest.Parts[0]);
    }

    private static async Task LoadAsync(IPointPart part, PointPartFiles files, KMeansToken token)
    {
        while (!(await part.Begin(files, Dimension, token)).IsLoaded)
        {
        }
    }

    private static Task SendAsync(IPointPart part, KMeansToken token) => part.SetCentroids(token, Clusters, 0, new VectorBlock(TestVectors.Random(Clusters, Dimension, seed: token.GetHashCode()), Dimension));
}
