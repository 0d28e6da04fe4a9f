using System.Diagnostics;

namespace FaissSdk.Tests.Diagnostics;

/// <summary>What the meter and the activity source of the SDK record. Each test has a process of its own, as both observe the calls of the whole process.</summary>
public sealed class ObservedCallTests
{
    [Fact]
    public void Calls_are_measured_with_their_sizes() => Run(_ =>
    {
        using var listeners = new Listeners();
        using var index = FaissIndex.Create(8, "IVF2,Flat");
        var vectors = TestData.Clustered(100, 8, 2);
        index.Train(vectors);
        index.Add(vectors);
        index.Search(vectors.AsSpan(0, 24), 5);

        var durations = listeners.Measurements.Where(measurement => measurement.Name == "faiss.call.duration").ToArray();
        Assert.Equal(["train", "add", "search"], durations.Select(duration => duration.Tags["faiss.operation"]));
        Assert.All(durations, duration => Assert.InRange(duration.Value, 1e-9, 60));
        Assert.All(durations, duration => Assert.Equal(("s", "IndexIVFFlat"), (duration.Unit, duration.Tags["faiss.type"])));
        Assert.Equal([null, null, 5], durations.Select(duration => duration.Tags.GetValueOrDefault("faiss.k")));
        Assert.Equal([100, 100, 3], listeners.Measurements.Where(measurement => measurement.Name == "faiss.call.vectors").Select(measurement => measurement.Value));
    });

    [Fact]
    public void Calls_are_traced_within_the_current_activity() => Run(_ =>
    {
        using var listeners = new Listeners();
        using var index = new IndexFlatL2(4);
        index.Add(new float[40]);
        using var request = new Activity("request").Start();
        index.Search(new float[8], 3);

        Assert.Equal(["faiss.add", "faiss.search"], listeners.Activities.Select(activity => activity.OperationName));
        var search = listeners.Activities[1];
        Assert.Equal(request.SpanId, search.ParentSpanId);
        Assert.Equal(ActivityStatusCode.Unset, search.Status);
        Assert.Equal(
            [("faiss.k", 3), ("faiss.operation", "search"), ("faiss.type", "IndexFlatL2"), ("faiss.vectors", 2L)],
            search.TagObjects.Select(tag => (tag.Key, tag.Value!)).OrderBy(tag => tag.Key));
    });

    [Fact]
    public void Every_kind_of_call_is_measured() => Run(_ =>
    {
        using var listeners = new Listeners();
        using var index = FaissIndex.Create(8, "IDMap,Flat");
        index.AddWithIds(new float[16], [7, 8]);
        index.Assign(new float[8]);
        index.RangeSearch(new float[8], 1);
        using var matrix = new PCAMatrix(4, 2);
        matrix.Train(TestData.Clustered(50, 4, 2));
        AssertOperations(listeners, "add", "search", "search", "train");
    });

    [Fact]
    public void Calls_of_binary_indexes_are_measured()
    {
        Assert.SkipUnless(FaissLibrary.Supports("faiss_index_binary_factory"), "Making binary indexes needs FAISS 1.9.0.");
        Run(_ => CallBinaryIndex());
    }

    [Fact]
    public void A_rejected_call_is_an_error() => Run(_ =>
    {
        using var listeners = new Listeners();
        using var index = FaissIndex.Create(8, "IVF4,Flat");
        Assert.Throws<FaissException>(() => index.Train(new float[8]));

        Assert.Equal(ActivityStatusCode.Error, Assert.Single(listeners.Activities).Status);
        Assert.All(listeners.Measurements, measurement => Assert.Equal("FaissSdk.FaissException", measurement.Tags["error.type"]));
        Assert.Equal(2, listeners.Measurements.Count);
    });

    [Fact]
    public void A_refused_call_is_not_measured() => Run(_ =>
    {
        using var listeners = new Listeners();
        using var index = new IndexFlatL2(4);
        Assert.Throws<ArgumentException>(() => index.Add(new float[3]));
        Assert.Empty(listeners.Measurements);
        Assert.Empty(listeners.Activities);
    });

    [Fact]
    public void Nothing_is_allocated_while_nobody_listens() => Run(_ =>
    {
        using var index = new IndexFlatL2(4);
        index.Add(new float[40]);
        var (query, distances, ids) = (new float[4], new float[3], new long[3]);
        void SearchOften()
        {
            for (var i = 0; i < 100; i++)
            {
                index.Search(query, 3, distances, ids);
            }
        }

        SearchOften();
        using (new Listeners())
        {
            SearchOften();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        SearchOften();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    });

    private static void Run(Action<string> scenario)
    {
        Native.Require();
        ChildProcess.Run(scenario).AssertReturned();
    }

    private static void CallBinaryIndex()
    {
        using var listeners = new Listeners();
        using var binary = new IndexBinaryFlat(16);
        binary.Train(new byte[2]);
        binary.Add(new byte[6]);
        binary.Search(new byte[2], 2);
        binary.Search(new byte[2], 20);
        binary.Assign(new byte[2]);
        binary.RangeSearch(new byte[2], 4);
        AssertOperations(listeners, "train", "add", "search", "search", "search", "search");
    }

    private static void AssertOperations(Listeners listeners, params string[] operations)
    {
        Assert.Equal(operations, listeners.Activities.Select(activity => (string)activity.GetTagItem("faiss.operation")!));
        Assert.All(listeners.Activities, activity => Assert.Equal(ActivityStatusCode.Unset, activity.Status));
    }
}
