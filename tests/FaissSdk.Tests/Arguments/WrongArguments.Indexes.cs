using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace FaissSdk.Tests.Arguments;

/// <content>Indexes of floats, and what all of them can do.</content>
internal sealed partial record WrongArguments
{
    private const MetricType NoMetric = (MetricType)99;

    private static IEnumerable<WrongArguments> Indexes(Samples s)
    {
        yield return new("FaissIndex.Create(dimension, description, metric)", ("dimension", () => FaissIndex.Create(0, "Flat")), ("metric", () => FaissIndex.Create(4, "Flat", NoMetric)));
        yield return new("FaissIndex.Train(vectors)", ("vectors", () => s.Flat.Train(new float[5])), ("vectors", () => s.Flat.Train([])), ("vectors", () => s.Codes.Train([float.NaN, 0, 0, 0])));
        yield return new("FaissIndex.Add(vectors)", ("vectors", () => s.Flat.Add(new float[5])), ("vectors", () => s.Codes.Add([float.NaN, 0, 0, 0])));
        yield return new(
            "FaissIndex.AddWithIds(vectors, ids)",
            ("vectors", () => s.Lists.AddWithIds(new float[5], [1])),
            ("vectors", () => s.Lists.AddWithIds([1e30f, 0, 0, 0], [1])),
            ("ids", () => s.Lists.AddWithIds(new float[4], [1, 2])),
            ("ids", () => s.Lists.AddWithIds(new float[4], [-1])));
        yield return new("FaissIndex.SetParameter(name, value)", ("value", () => s.Lists.SetParameter("nprobe", 0)), ("name", () => s.Lists.SetParameter(" ", 1)));
        yield return new(
            "FaissIndex.Search(queries, k, distances, ids)",
            ("queries", () => s.Flat.Search(new float[5], 1, new float[1], new long[1])),
            ("queries", () => s.Lists.Search([float.NaN, 0, 0, 0], 1, new float[1], new long[1])),
            ("k", () => s.Flat.Search(new float[4], 0, [], [])),
            ("distances", () => s.Flat.Search(new float[4], 2, new float[1], new long[2])),
            ("distances", () => Overlapping((x, distances, _) => s.Flat.Search(x, 1, distances, new long[1]), 4, 1)),
            ("ids", () => s.Flat.Search(new float[4], 2, new float[2], new long[1])),
            ("ids", () => Overlapping((x, _, ids) => s.Flat.Search(x, 1, new float[1], ids), 4, 1)),
            ("ids", () => Overlapping((distances, _, ids) => s.Flat.Search(new float[4], 1, distances, ids), 1, 1)));
        yield return new(
            "FaissIndex.Search(queries, k, parameters, distances, ids)",
            ("queries", () => s.Flat.Search(new float[5], 1, s.Parameters, new float[1], new long[1])),
            ("k", () => s.Flat.Search(new float[4], 0, s.Parameters, [], [])),
            ("distances", () => s.Flat.Search(new float[4], 2, s.Parameters, new float[1], new long[2])),
            ("ids", () => s.Flat.Search(new float[4], 2, s.Parameters, new float[2], new long[1])),
            ("parameters", () => s.Lists.Search(new float[4], 1, s.GraphParameters, new float[1], new long[1]))) { Needs = "faiss_sdk_search" };
        yield return new(
            "FaissIndex.Search(queries, k, parameters)",
            ("queries", () => s.Flat.Search(new float[5], 1)),
            ("k", () => s.Flat.Search(new float[4], 0)),
            ("k", () => s.Flat.Search(new float[8], int.MaxValue)));
        yield return new(
            "FaissIndex.Search(queries, k, selector)",
            ("queries", () => s.Flat.Search(new float[5], 1, s.Selector)),
            ("k", () => s.Flat.Search(new float[4], 0, s.Selector)),
            ("k", () => s.Flat.Search(new float[8], int.MaxValue, s.Selector))) { Needs = "faiss_sdk_search" };
        yield return new(
            "FaissIndex.RangeSearch(queries, radius, parameters)",
            ("queries", () => s.Flat.RangeSearch(new float[5], 1, s.Parameters)),
            ("radius", () => s.Flat.RangeSearch(new float[4], -1, s.Parameters)),
            ("radius", () => s.Flat.RangeSearch(new float[4], float.NaN, s.Parameters)),
            ("parameters", () => s.Lists.RangeSearch(new float[4], 1, s.GraphParameters))) { Needs = "faiss_sdk_search" };
        yield return new(
            "FaissIndex.RangeSearch(queries, radius, selector)",
            ("queries", () => s.Flat.RangeSearch(new float[5], 1, s.Selector)),
            ("radius", () => s.Flat.RangeSearch(new float[4], -1, s.Selector))) { Needs = "faiss_sdk_search" };
        yield return new(
            "FaissIndex.Assign(queries, k, ids)",
            ("queries", () => s.Flat.Assign(new float[5], 1, new long[1])),
            ("ids", () => s.Flat.Assign(new float[4], 1, new long[2])),
            ("ids", () => Overlapping((x, _, ids) => s.Flat.Assign(x, 1, ids), 4, 1)),
            ("k", () => s.Flat.Assign(new float[4], 0, [])));
        yield return new("FaissIndex.Assign(queries, k)", ("queries", () => s.Flat.Assign(new float[5])), ("k", () => s.Flat.Assign(new float[4], 0)));
        yield return new(
            "FaissIndex.RangeSearch(queries, radius)",
            ("queries", () => s.Flat.RangeSearch(new float[5], 1)),
            ("radius", () => s.Flat.RangeSearch(new float[4], -1)),
            ("radius", () => s.Flat.RangeSearch(new float[4], float.NaN)));
        yield return new("FaissIndex.Load(path, options)", ("options", () => FaissIndex.Load("absent", (IndexReadOptions)1)));
        yield return new("FaissIndex.Load(stream, options)", ("options", () => FaissIndex.Load(new MemoryStream(), IndexReadOptions.Mmap)), ("stream", () => FaissIndex.Load(Unreadable())));
        yield return new("IndexValidation.MaxMemory", ("value", () => _ = new IndexValidation { MaxMemory = 0 }));
        yield return new("FaissIndex.Load(path, validation, options)", ("options", () => FaissIndex.Load("absent", IndexValidation.Default, (IndexReadOptions)1)));
        yield return new("FaissIndex.Load(stream, validation, options)", ("options", () => FaissIndex.Load(new MemoryStream(), IndexValidation.Default, IndexReadOptions.Mmap)), ("stream", () => FaissIndex.Load(Unreadable(), IndexValidation.Default)));
        yield return new("FaissIndex.Deserialize(bytes, validation, options)", ("options", () => FaissIndex.Deserialize(new byte[4], IndexValidation.Default, IndexReadOptions.Mmap)));
        yield return new("FaissIndex.Deserialize(bytes, options)", ("options", () => FaissIndex.Deserialize(new byte[4], IndexReadOptions.Mmap)));
        yield return new("FaissIndex.Reconstruct(id)", ("id", () => s.Flat.Reconstruct(8)));
        yield return new("FaissIndex.Reconstruct(id, vector)", ("id", () => s.Flat.Reconstruct(-1, new float[4])), ("vector", () => s.Flat.Reconstruct(0, new float[5])));
        yield return new("FaissIndex.TryReconstruct(id, vector)", ("vector", () => s.Flat.TryReconstruct(0, new float[5])));
        yield return new(
            "FaissIndex.ReconstructRange(first, count)",
            ("first", () => s.Flat.ReconstructRange(-1, 1)),
            ("first", () => s.Flat.ReconstructRange(7, 2)),
            ("count", () => s.Flat.ReconstructRange(0, -1)),
            ("count", () => s.Flat.ReconstructRange(0, int.MaxValue)));
        yield return new("FaissIndex.ReconstructRange(first, vectors)", ("first", () => s.Flat.ReconstructRange(8, new float[4])), ("vectors", () => s.Flat.ReconstructRange(0, new float[5])));
        yield return new(
            "FaissIndex.ComputeResidual(vector, id, residual)",
            ("vector", () => s.Flat.ComputeResidual(new float[5], 0, new float[4])),
            ("id", () => s.Flat.ComputeResidual(new float[4], 8, new float[4])),
            ("residual", () => s.Flat.ComputeResidual(new float[4], 0, new float[5])),
            ("residual", () => Overlapping((x, residual, _) => s.Flat.ComputeResidual(x, 0, residual), 4, 4)));
        yield return new(
            "FaissIndex.ComputeResiduals(vectors, ids, residuals)",
            ("vectors", () => s.Flat.ComputeResiduals(new float[5], [0], new float[5])),
            ("ids", () => s.Flat.ComputeResiduals(new float[4], [0, 0], new float[4])),
            ("ids", () => s.Flat.ComputeResiduals(new float[4], [8], new float[4])),
            ("residuals", () => s.Flat.ComputeResiduals(new float[4], [0], new float[5])),
            ("residuals", () => Overlapping((x, residuals, _) => s.Flat.ComputeResiduals(x, [0], residuals), 4, 4)),
            ("residuals", () => Overlapping((residuals, _, ids) => s.Flat.ComputeResiduals(new float[4], ids, residuals), 4, 1)));
        yield return new(
            "FaissIndex.Encode(vectors, codes)",
            ("vectors", () => s.Codes.Encode(new float[5], new byte[4])),
            ("vectors", () => s.Codes.Encode([float.NaN, 0, 0, 0], new byte[4])),
            ("codes", () => s.Codes.Encode(new float[4], new byte[5])),
            ("codes", () => Overlapping((x, codes, _) => s.Codes.Encode(x, MemoryMarshal.AsBytes(codes)), 4, 1)));
        yield return new("FaissIndex.Encode(vectors)", ("vectors", () => s.Codes.Encode(new float[5])));
        yield return new(
            "FaissIndex.Decode(codes, vectors)",
            ("codes", () => s.Codes.Decode(new byte[5], new float[4])),
            ("codes", () => s.Lists.Decode([.. Enumerable.Repeat((byte)9, s.Lists.CodeSize)], new float[4])),
            ("vectors", () => s.Codes.Decode(new byte[4], new float[5])),
            ("vectors", () => Overlapping((codes, vectors, _) => s.Codes.Decode(MemoryMarshal.AsBytes(codes), vectors), 1, 4)));
        yield return new("FaissIndex.Decode(codes)", ("codes", () => s.Codes.Decode(new byte[5])));
        yield return new("FaissIndexTensorExtensions.Train(index, vectors)", ("vectors", () => s.Flat.Train(Tensor(2, 3))), ("vectors", () => s.Flat.Train(Tensor(4))));
        yield return new("FaissIndexTensorExtensions.Add(index, vectors)", ("vectors", () => s.Flat.Add(Tensor(2, 3))), ("vectors", () => s.Flat.Add(Tensor(4))));
        yield return new(
            "FaissIndexTensorExtensions.AddWithIds(index, vectors, ids)",
            ("vectors", () => s.Lists.AddWithIds(Tensor(2, 3), [1, 2])),
            ("ids", () => s.Lists.AddWithIds(Tensor(2, 4), [1])),
            ("ids", () => s.Lists.AddWithIds(Tensor(1, 4), [-1])));
        yield return new(
            "FaissIndexTensorExtensions.RangeSearch(index, queries, radius)",
            ("queries", () => s.Flat.RangeSearch(Tensor(2, 3), 1)),
            ("radius", () => s.Flat.RangeSearch(Tensor(2, 4), float.NaN)));
        yield return new("FaissIndexTensorExtensions.Search(index, queries, k, parameters)", ("queries", () => s.Flat.Search(Tensor(2, 3), 1)), ("k", () => s.Flat.Search(Tensor(2, 4), 0)));
        yield return new("FaissIndexTensorExtensions.AddWithIds(index, vectors, ids)", ("vectors", () => s.Flat.AddWithIds(Tensor(2, 3), [1, 2])), ("ids", () => s.Flat.AddWithIds(Tensor(2, 4), [1])));
        yield return new("FaissIndexTensorExtensions.RangeSearch(index, queries, radius)", ("queries", () => s.Flat.RangeSearch(Tensor(2, 3), 1)), ("radius", () => s.Flat.RangeSearch(Tensor(2, 4), -1)));
        yield return new("FaissIndexTensorExtensions.Assign(index, queries, k)", ("queries", () => s.Flat.Assign(Tensor(2, 3))), ("k", () => s.Flat.Assign(Tensor(2, 4), 0)));
        yield return new("IndexFlat(dimension, metric)", ("dimension", () => _ = new IndexFlat(0, MetricType.L1)), ("metric", () => _ = new IndexFlat(4, NoMetric)), ("metric", () => _ = new IndexFlat(4, MetricType.Lp)));
        yield return new(
            "IndexFlat.ComputeDistanceSubset(queries, ids, distances)",
            ("queries", () => s.Flat.ComputeDistanceSubset(new float[5], [0], new float[1])),
            ("ids", () => s.Flat.ComputeDistanceSubset(new float[8], [0, 0, 0], new float[3])),
            ("ids", () => s.Flat.ComputeDistanceSubset(new float[4], [8], new float[1])),
            ("ids", () => s.Flat.ComputeDistanceSubset(new float[4], [-2], new float[1])),
            ("distances", () => s.Flat.ComputeDistanceSubset(new float[4], [0], new float[2])),
            ("distances", () => Overlapping((x, distances, _) => s.Flat.ComputeDistanceSubset(x, [0], distances), 4, 1)),
            ("distances", () => Overlapping((distances, _, ids) => s.Flat.ComputeDistanceSubset(new float[4], ids, distances), 1, 1)));
        yield return new("IndexFlatIP(dimension)", ("dimension", () => _ = new IndexFlatIP(0)));
        yield return new("IndexFlatL2(dimension)", ("dimension", () => _ = new IndexFlatL2(-1)));
        yield return new(
            "IndexLSH(dimension, bits, rotateData, trainThresholds)",
            ("dimension", () => _ = new IndexLSH(0, 8)),
            ("bits", () => _ = new IndexLSH(4, 0)),
            ("bits", () => _ = new IndexLSH(4, 5, rotateData: false)));
        yield return new(
            "IndexScalarQuantizer(dimension, type, metric)",
            ("dimension", () => _ = new IndexScalarQuantizer(0, ScalarQuantizerType.EightBit)),
            ("type", () => _ = new IndexScalarQuantizer(4, (ScalarQuantizerType)99)),
            ("metric", () => _ = new IndexScalarQuantizer(4, ScalarQuantizerType.EightBit, NoMetric)));
        yield return new("ScalarQuantizer.RangeStatistic", ("value", () => s.Codes.Codec.RangeStatistic = (RangeStatistic)99)) { Needs = "faiss_IndexScalarQuantizer_sq" };
        yield return new("ScalarQuantizer.RangeArgument", ("value", () => s.Codes.Codec.RangeArgument = float.NaN)) { Needs = "faiss_IndexScalarQuantizer_sq" };
        yield return new("IndexRefine.KFactor", ("value", () => s.Refine.KFactor = 0), ("value", () => s.Refine.KFactor = float.NaN));
        yield return new("IndexReplicas(dimension, threaded)", ("dimension", () => _ = new IndexReplicas(0)));
        yield return new("IndexReplicas[replica]", ("replica", () => _ = s.Replicas[0]), ("replica", () => _ = s.Replicas[-1]));
        yield return new("IndexShards(dimension, threaded, successiveIds)", ("dimension", () => _ = new IndexShards(0)));
        yield return new("IndexShards[shard]", ("shard", () => _ = s.Shards[0]), ("shard", () => _ = s.Shards[-1]));
    }

    private delegate void Call(Span<float> first, Span<float> second, Span<long> secondAsLongs);

    /// <summary>Makes a call with spans that start at the same address.</summary>
    private static void Overlapping(Call call, int first, int second)
    {
        var memory = new long[Math.Max(first, second)];
        var floats = MemoryMarshal.Cast<long, float>(memory.AsSpan());
        call(floats[..first], floats[..second], memory.AsSpan(0, second));
    }

    private static ReadOnlyTensorSpan<float> Tensor(params nint[] lengths) => new(new float[lengths.Aggregate((x, y) => x * y)], lengths);

    private static MemoryStream Unreadable()
    {
        var closed = new MemoryStream();
        closed.Dispose();
        return closed;
    }
}
