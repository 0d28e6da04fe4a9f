namespace FaissSdk.Tests.Arguments;

/// <content>Inverted lists of float vectors.</content>
internal sealed partial record WrongArguments
{
    private static IEnumerable<WrongArguments> InvertedLists(Samples s)
    {
        yield return new("IndexIVF.NProbe", ("value", () => s.Lists.NProbe = 0));
        yield return new("IndexIVF.GetListSize(list)", ("list", () => s.Lists.GetListSize(4)), ("list", () => s.Lists.GetListSize(-1)));
        yield return new("IndexIVF.GetListIds(list)", ("list", () => s.Lists.GetListIds(4)), ("list", () => s.Lists.GetListIds(-1)));
        yield return new("IndexIVF.MergeFrom(other, addId)", ("other", () => s.Lists.MergeFrom(s.Lists)), ("other", () => s.Lists.MergeFrom(s.CodeLists)));
        yield return new(
            "IndexIVF.CopySubsetTo(target, subset, first, second)",
            ("target", () => s.Lists.CopySubsetTo(s.Lists, IndexIVFSubset.Range, 0, 1)),
            ("subset", () => s.Lists.CopySubsetTo(s.OtherLists, (IndexIVFSubset)99, 0, 1)),
            ("first", () => s.Lists.CopySubsetTo(s.OtherLists, IndexIVFSubset.Remainder, 0, 0)),
            ("first", () => s.Lists.CopySubsetTo(s.OtherLists, IndexIVFSubset.Share, -1, 0)),
            ("second", () => s.Lists.CopySubsetTo(s.OtherLists, IndexIVFSubset.Range, 1, 0)),
            ("second", () => s.Lists.CopySubsetTo(s.OtherLists, IndexIVFSubset.Remainder, 1, 1)),
            ("second", () => s.Lists.CopySubsetTo(s.OtherLists, IndexIVFSubset.Share, 0, 161)));
        yield return new(
            "IndexIVF.SearchPreassigned(queries, k, lists, centroidDistances, distances, ids, storePairs)",
            ("queries", () => s.Lists.SearchPreassigned(new float[5], 1, new long[2], new float[2], new float[1], new long[1])),
            ("k", () => s.Lists.SearchPreassigned(new float[4], 0, new long[2], new float[2], [], [])),
            ("lists", () => s.Lists.SearchPreassigned(new float[4], 1, new long[1], new float[2], new float[1], new long[1])),
            ("lists", () => s.Lists.SearchPreassigned(new float[4], 1, [0, 4], new float[2], new float[1], new long[1])),
            ("lists", () => s.Lists.SearchPreassigned(new float[4], 1, [0, -2], new float[2], new float[1], new long[1])),
            ("centroidDistances", () => s.Lists.SearchPreassigned(new float[4], 1, new long[2], new float[1], new float[1], new long[1])),
            ("distances", () => s.Lists.SearchPreassigned(new float[4], 1, new long[2], new float[2], new float[2], new long[1])),
            ("distances", () => Overlapping((x, distances, _) => s.Lists.SearchPreassigned(x, 1, new long[2], new float[2], distances, new long[1]), 4, 1)),
            ("distances", () => Overlapping((centroids, distances, _) => s.Lists.SearchPreassigned(new float[4], 1, new long[2], centroids, distances, new long[1]), 2, 1)),
            ("distances", () => Overlapping((distances, _, lists) => s.Lists.SearchPreassigned(new float[4], 1, lists, new float[2], distances, new long[1]), 1, 2)),
            ("ids", () => s.Lists.SearchPreassigned(new float[4], 1, new long[2], new float[2], new float[1], new long[2])),
            ("ids", () => Overlapping((x, _, ids) => s.Lists.SearchPreassigned(x, 1, new long[2], new float[2], new float[1], ids), 4, 1)),
            ("ids", () => Overlapping((centroids, _, ids) => s.Lists.SearchPreassigned(new float[4], 1, new long[2], centroids, new float[1], ids), 2, 1)),
            ("ids", () => Overlapping((_, _, lists) => s.Lists.SearchPreassigned(new float[4], 1, lists, new float[2], new float[1], lists[..1]), 1, 2)),
            ("ids", () => Overlapping((distances, _, ids) => s.Lists.SearchPreassigned(new float[4], 1, new long[2], new float[2], distances, ids), 1, 1)));
        yield return new(
            "IndexIVF.TrainEncoder(vectors, lists)",
            ("vectors", () => s.CodeLists.TrainEncoder(new float[5], [0])),
            ("vectors", () => s.CodeLists.TrainEncoder([], [])),
            ("vectors", () => s.CodeLists.TrainEncoder([float.NaN, 0, 0, 0], [0])),
            ("lists", () => s.CodeLists.TrainEncoder(new float[4], [])),
            ("lists", () => s.CodeLists.TrainEncoder(new float[4], [4])),
            ("lists", () => s.CodeLists.TrainEncoder(new float[4], [-1])));
        yield return new(
            "IndexIVFFlat(quantizer, lists, metric, takeOwnership)",
            ("lists", () => _ = new IndexIVFFlat(s.Flat, 0)),
            ("metric", () => _ = new IndexIVFFlat(s.Flat, 4, MetricType.L1)));
        yield return new(
            "IndexIVFFlat.AddToLists(vectors, ids, lists)",
            ("vectors", () => s.Lists.AddToLists(new float[5], [], [0])),
            ("vectors", () => s.Lists.AddToLists([float.NaN, 0, 0, 0], [], [0])),
            ("ids", () => s.Lists.AddToLists(new float[4], [1, 2], [0])),
            ("ids", () => s.Lists.AddToLists(new float[4], [-1], [0])),
            ("lists", () => s.Lists.AddToLists(new float[4], [], [])),
            ("lists", () => s.Lists.AddToLists(new float[4], [], [4])),
            ("lists", () => s.Lists.AddToLists(new float[4], [], [-1])));
        yield return new(
            "FaissIndex.UpdateVectors(vectors, ids)",
            ("ids", () => s.Lists.UpdateVectors(new float[4], [0, 1])),
            ("ids", () => s.Lists.UpdateVectors(new float[8], [0, 0])),
            ("ids", () => s.Flat.UpdateVectors(new float[4], [160])),
            ("ids", () => s.Lists.UpdateVectors(new float[4], [-1])),
            ("vectors", () => s.Lists.UpdateVectors(new float[5], [0])),
            ("vectors", () => s.Lists.UpdateVectors([float.NaN, 0, 0, 0], [0]))) { Needs = "faiss_sdk_update" };
        yield return new(
            "IndexIVFScalarQuantizer(quantizer, lists, type, metric, encodeResidual, takeOwnership)",
            ("lists", () => _ = new IndexIVFScalarQuantizer(s.Flat, 0, ScalarQuantizerType.EightBit)),
            ("type", () => _ = new IndexIVFScalarQuantizer(s.Flat, 4, (ScalarQuantizerType)99)),
            ("metric", () => _ = new IndexIVFScalarQuantizer(s.Flat, 4, ScalarQuantizerType.EightBit, MetricType.L1)));
        yield return new(
            "IndexIVFScalarQuantizer.AddToLists(vectors, ids, lists)",
            ("vectors", () => s.CodeLists.AddToLists(new float[5], [], [0])),
            ("ids", () => s.CodeLists.AddToLists(new float[4], [1, 2], [0])),
            ("lists", () => s.CodeLists.AddToLists(new float[4], [], [4])));
        yield return new(
            "IndexIVFScalarQuantizer.TrainResidual(vectors)",
            ("vectors", () => s.CodeLists.TrainResidual(new float[5])),
            ("vectors", () => s.CodeLists.TrainResidual([])),
            ("vectors", () => s.CodeLists.TrainResidual([float.NaN, 0, 0, 0])));
    }
}
