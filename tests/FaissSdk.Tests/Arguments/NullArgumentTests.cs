namespace FaissSdk.Tests.Arguments;

/// <summary>Members that take a reference reject null and name the parameter.</summary>
public class NullArgumentTests
{
    [Fact]
    public void Null_is_rejected_by_name()
    {
        Native.Require();
        using var index = new IndexFlatL2(4);
        using var ivf = (IndexIVF)FaissIndex.Create(4, "IVF4,Flat");
        using var shards = new IndexShards(4);
        using var replicas = new IndexReplicas(4);
        using var transform = new CenteringTransform(4);
        using var pre = new IndexPreTransform(index);
        using var space = new ParameterSpace();
        using var clustering = new Clustering(4, 2);
        using var selector = new IDSelectorRange(0, 1);
        (string Parameter, Action Call)[] calls =
        [
            ("description", () => FaissIndex.Create(4, null!)),
            ("source", () => KMeans.Train(null!, 2)),
            ("source", () => ManagedKMeans.Train(null!, 2)),
            ("blocks", () => VectorSequence.FromBlocks((Func<IEnumerable<ReadOnlyMemory<float>>>)null!, 2)),
            ("blocks", () => VectorSequence.FromAsyncBlocks((Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>>)null!, 2)),
            ("path", () => VectorSequence.FromFile(null!)),
            ("path", () => FaissIndex.Load((string)null!)),
            ("stream", () => FaissIndex.Load((Stream)null!)),
            ("validation", () => FaissIndex.Load("absent", validation: null!)),
            ("validation", () => FaissIndex.Load(Stream.Null, validation: null!)),
            ("validation", () => FaissIndex.Deserialize(new byte[1], validation: null!)),
            ("path", () => index.Save((string)null!)),
            ("stream", () => index.Save((Stream)null!)),
            ("selector", () => index.Remove(null!)),
            ("parameters", () => index.Search(new float[4], 1, null!, new float[1], new long[1])),
            ("parameters", () => index.RangeSearch(new float[4], 1, (SearchParameters)null!)),
            ("selector", () => index.RangeSearch(new float[4], 1, (IDSelector)null!)),
            ("selector", () => index.Search(new float[4], 1, (IDSelector)null!)),
            ("filter", () => index.Search(new float[4], 1, (IdFilter)null!)),
            ("filter", () => index.RangeSearch(new float[4], 1, (IdFilter)null!)),
            ("filter", () => IDSelector.Create(null!).Dispose()),
            ("ids", () => IdFilter.FromIds((IEnumerable<long>)null!)),
            ("predicate", () => IdFilter.FromPredicate(null!)),
            ("filter", () => new ManagedFlatIndex(4).Remove((IdFilter)null!)),
            ("path", () => new ManagedFlatIndex(4).Save((string)null!)),
            ("stream", () => new ManagedFlatIndex(4).Save((Stream)null!)),
            ("path", () => ManagedFlatIndex.Load((string)null!)),
            ("stream", () => ManagedFlatIndex.Load((Stream)null!)),
            ("path", () => ManagedFlatIndex.LoadCosine(null!)),
            ("name", () => index.SetParameter(null!, 1)),
            ("other", () => ivf.MergeFrom(null!)),
            ("other", () => index.MergeFrom(null!)),
            ("trained", () => new OnDiskIndexBuilder(null!, "absent", 1 << 20).Dispose()),
            ("path", () => new OnDiskIndexBuilder(ivf, null!, 1 << 20).Dispose()),
            ("target", () => ivf.CopySubsetTo(null!, IndexIVFSubset.Range, 0, 1)),
            ("shard", () => shards.AddShard(null!)),
            ("shard", () => shards.RemoveShard(null!)),
            ("replica", () => replicas.AddReplica(null!)),
            ("replica", () => replicas.RemoveReplica(null!)),
            ("transform", () => pre.PrependTransform(null!)),
            ("index", () => new IndexPreTransform(null!).Dispose()),
            ("transform", () => new IndexPreTransform(null!, index).Dispose()),
            ("index", () => new IndexPreTransform(transform, null!).Dispose()),
            ("index", () => new IndexIDMap(null!).Dispose()),
            ("index", () => new IndexIDMap2(null!).Dispose()),
            ("baseIndex", () => new IndexRefineFlat(null!).Dispose()),
            ("baseIndex", () => new IndexRefine(null!, index).Dispose()),
            ("refineIndex", () => new IndexRefine(index, null!).Dispose()),
            ("quantizer", () => new IndexIVFPQ(null!, 4, 2).Dispose()),
            ("quantizer", () => new IndexIVFPQFastScan(null!, 4, 2).Dispose()),
            ("quantizer", () => new IndexIVFRaBitQ(null!, 4).Dispose()),
            ("description", () => FaissIndex.CreateCosine(4, null!).Dispose()),
            ("description", () => FaissIndex.CreateLp(4, null!, 3).Dispose()),
            ("quantizer", () => new IndexIVFFlat(null!, 4).Dispose()),
            ("quantizer", () => new IndexIVFScalarQuantizer(null!, 4, ScalarQuantizerType.EightBit).Dispose()),
            ("ids", () => new IDSelectorBatch((IEnumerable<long>)null!).Dispose()),
            ("predicate", () => new IDSelectorPredicate(null!).Dispose()),
            ("selector", () => new IDSelectorNot(null!).Dispose()),
            ("left", () => new IDSelectorAnd(null!, selector).Dispose()),
            ("right", () => new IDSelectorOr(selector, null!).Dispose()),
            ("left", () => new IDSelectorXOr(null!, selector).Dispose()),
            ("index", () => space.SetIndexParameter((FaissIndex)null!, "nprobe", 1)),
            ("index", () => space.SetIndexParameters((FaissIndex)null!, "nprobe=1")),
            ("parameters", () => space.SetIndexParameters(index, null!)),
            ("name", () => space.AddRange(null!)),
            ("name", () => index.GetParameter(null!)),
            ("index", () => ParameterSpace.RangesOf(null!)),
            ("index", () => ParameterSpace.Explore(null!, [], GroundTruth.Create([], 1))),
            ("truth", () => ParameterSpace.Explore(index, [], null!)),
            ("found", () => Evaluation.Recall(null!, GroundTruth.Create([], 1))),
            ("truth", () => Evaluation.Recall([], null!, 1, 1)),
            ("index", () => HnswGraph.Of((FaissIndex)null!)),
            ("index", () => FlatVectors.Of(null!)),
            ("index", () => InvertedLists.Of((IndexBinary)null!)),
            ("index", () => TransformMatrix.AllOf(null!)),
            ("transform", () => TransformMatrix.Of(null!)),
            ("index", () => ProductQuantizerCentroids.Of(null!)),
            ("index", () => new QueryBatcher((FaissIndex)null!).Dispose()),
            ("index", () => new QueryBatcher((ConcurrentIndex)null!).Dispose()),
            ("points", () => _ = new OperatingPoints(null!)),
            ("assigner", () => clustering.Train(new float[8], null!)),
            ("path", () => VectorTransform.Load(null!)),
        ];
        Assert.All(calls, call => Assert.Equal(call.Parameter, Assert.Throws<ArgumentNullException>(call.Call).ParamName));
    }
}
