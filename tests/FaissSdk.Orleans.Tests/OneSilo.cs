namespace FaissSdk.Orleans.Tests;

/// <summary>A silo that makes one native call at a time, shared by tests that hook its store, one after the other.</summary>
[CollectionDefinition]
public sealed class OneSilo : IAsyncLifetime, ICollectionFixture<OneSilo>
{
    private TestCluster? _cluster;

    public TestCluster Cluster => _cluster ?? throw new InvalidOperationException("The cluster is not started.");

    public TestStore Store => Cluster.Store;

    public FaissCluster Faiss => Cluster.Faiss;

    public async ValueTask InitializeAsync() => _cluster = await TestCluster.StartAsync((options, _) => options.MaxConcurrentCalls = 1, silos: 1);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
