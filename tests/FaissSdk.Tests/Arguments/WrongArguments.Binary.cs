using System.Runtime.InteropServices;

namespace FaissSdk.Tests.Arguments;

/// <content>Binary indexes.</content>
internal sealed partial record WrongArguments
{
    private const string BinaryFactory = "faiss_index_binary_factory";
    private const string BinaryListFunctions = "faiss_IndexBinaryIVF_cast";

    private static IEnumerable<WrongArguments> Binary(Samples s) => [.. BinaryIndexes(s).Select(row => row with { Needs = row.Needs ?? BinaryFactory }), .. BinaryLists(s).Select(row => row with { Needs = BinaryListFunctions })];

    private static IEnumerable<WrongArguments> BinaryIndexes(Samples s)
    {
        yield return new("IndexBinary.Create(dimension, description)", ("dimension", () => IndexBinary.Create(0, "BFlat")), ("dimension", () => IndexBinary.Create(7, "BFlat")));
        yield return new("IndexBinary.Train(vectors)", ("vectors", () => s.Binary.Train(new byte[5])), ("vectors", () => s.Binary.Train([])));
        yield return new("IndexBinary.Add(vectors)", ("vectors", () => s.Binary.Add(new byte[5])));
        yield return new(
            "IndexBinary.AddWithIds(vectors, ids)",
            ("vectors", () => s.Binary.AddWithIds(new byte[5], [1])),
            ("ids", () => s.Binary.AddWithIds(new byte[4], [1, 2])),
            ("ids", () => s.Binary.AddWithIds(new byte[4], [-1])));
        yield return new(
            "IndexBinary.Search(queries, k, distances, ids)",
            ("queries", () => s.Binary.Search(new byte[5], 1, new int[1], new long[1])),
            ("k", () => s.Binary.Search(new byte[4], 0, [], [])),
            ("distances", () => s.Binary.Search(new byte[4], 2, new int[1], new long[2])),
            ("distances", () => Overlapping((queries, distances, _) => s.Binary.Search(MemoryMarshal.AsBytes(queries), 1, MemoryMarshal.Cast<float, int>(distances), new long[1]), 1, 1)),
            ("ids", () => s.Binary.Search(new byte[4], 2, new int[2], new long[1])),
            ("ids", () => Overlapping((queries, _, ids) => s.Binary.Search(MemoryMarshal.AsBytes(queries), 1, new int[1], ids), 1, 1)),
            ("ids", () => Overlapping((distances, _, ids) => s.Binary.Search(new byte[4], 1, MemoryMarshal.Cast<float, int>(distances), ids), 1, 1)));
        yield return new(
            "IndexBinary.Search(queries, k, parameters, distances, ids)",
            ("queries", () => s.Binary.Search(new byte[5], 1, s.Parameters, new int[1], new long[1])),
            ("k", () => s.Binary.Search(new byte[4], 0, s.Parameters, [], [])),
            ("distances", () => s.Binary.Search(new byte[4], 2, s.Parameters, new int[1], new long[2])),
            ("ids", () => s.Binary.Search(new byte[4], 2, s.Parameters, new int[2], new long[1]))) { Needs = "faiss_IndexBinary_search_with_params" };
        yield return new(
            "IndexBinary.Search(queries, k, parameters)",
            ("queries", () => s.Binary.Search(new byte[5], 1)),
            ("k", () => s.Binary.Search(new byte[4], 0)),
            ("k", () => s.Binary.Search(new byte[8], int.MaxValue)));
        yield return new(
            "IndexBinary.Assign(queries, k, ids)",
            ("queries", () => s.Binary.Assign(new byte[5], 1, new long[1])),
            ("ids", () => s.Binary.Assign(new byte[4], 1, new long[2])),
            ("ids", () => Overlapping((queries, _, ids) => s.Binary.Assign(MemoryMarshal.AsBytes(queries), 1, ids), 1, 1)),
            ("k", () => s.Binary.Assign(new byte[4], 0, [])));
        yield return new("IndexBinary.Assign(queries, k)", ("queries", () => s.Binary.Assign(new byte[5])), ("k", () => s.Binary.Assign(new byte[4], 0)));
        yield return new(
            "IndexBinary.AddWithIds(vectors, ids, progress, cancellationToken)",
            ("vectors", () => s.Binary.AddWithIds(new byte[5], [1], null, default)),
            ("ids", () => s.Binary.AddWithIds(new byte[4], [1, 2], null, default)),
            ("ids", () => s.Binary.AddWithIds(new byte[4], [-1], null, default)));
        yield return new("IndexBinary.RangeSearch(queries, radius, cancellationToken)", ("queries", () => s.Binary.RangeSearch(new byte[5], 1, default)), ("radius", () => s.Binary.RangeSearch(new byte[4], -1, default)));
        yield return new("IndexBinary.LoadAsync(path, options, cancellationToken)", ("options", () => IndexBinary.LoadAsync("absent", (IndexReadOptions)1).GetAwaiter().GetResult()));
        yield return new("IndexBinary.RangeSearch(queries, radius)", ("queries", () => s.Binary.RangeSearch(new byte[5], 1)), ("radius", () => s.Binary.RangeSearch(new byte[4], -1)));
        yield return new("IndexBinary.Load(path, options)", ("options", () => IndexBinary.Load("absent", (IndexReadOptions)1)));
        yield return new("IndexBinary.Load(stream, options)", ("options", () => IndexBinary.Load(new MemoryStream(), IndexReadOptions.Mmap)), ("stream", () => IndexBinary.Load(Unreadable())));
        yield return new("IndexBinary.Load(path, validation, options)", ("options", () => IndexBinary.Load("absent", IndexValidation.Default, (IndexReadOptions)1)));
        yield return new("IndexBinary.Load(stream, validation, options)", ("options", () => IndexBinary.Load(new MemoryStream(), IndexValidation.Default, IndexReadOptions.Mmap)), ("stream", () => IndexBinary.Load(Unreadable(), IndexValidation.Default)));
        yield return new("IndexBinary.Deserialize(bytes, validation, options)", ("options", () => IndexBinary.Deserialize(new byte[4], IndexValidation.Default, IndexReadOptions.Mmap)));
        yield return new("IndexBinary.Deserialize(bytes, options)", ("options", () => IndexBinary.Deserialize(new byte[4], IndexReadOptions.Mmap)));
        yield return new("IndexBinary.EnsureCapacity(capacity)", ("capacity", () => s.Binary.EnsureCapacity(-1)));
        yield return new("ConcurrentIndexBinary.EnsureCapacity(capacity, cancellationToken)", ("capacity", () => s.Binary.AsConcurrent().EnsureCapacity(-1)));
        yield return new("IndexBinary.Reconstruct(id)", ("id", () => s.Binary.Reconstruct(8)), ("id", () => s.Binary.Reconstruct(-1)));
        yield return new("IndexBinary.Reconstruct(id, vector)", ("id", () => s.Binary.Reconstruct(8, new byte[4])), ("vector", () => s.Binary.Reconstruct(0, new byte[5])));
        yield return new(
            "IndexBinary.ReconstructRange(first, count)",
            ("first", () => s.Binary.ReconstructRange(-1, 1)),
            ("first", () => s.Binary.ReconstructRange(7, 2)),
            ("count", () => s.Binary.ReconstructRange(0, -1)),
            ("count", () => s.Binary.ReconstructRange(0, int.MaxValue)));
        yield return new("IndexBinary.ReconstructRange(first, vectors)", ("first", () => s.Binary.ReconstructRange(8, new byte[4])), ("vectors", () => s.Binary.ReconstructRange(0, new byte[5])));
        yield return new("IndexBinary.SetParameter(name, value)", ("value", () => s.BinaryLists.SetParameter("nprobe", 0)), ("name", () => s.BinaryLists.SetParameter(" ", 1))) { Needs = "faiss_ParameterSpace_set_index_parameter_binary" };
        yield return new("IndexBinaryFlat(dimension)", ("dimension", () => _ = new IndexBinaryFlat(7)));
    }

    private static IEnumerable<WrongArguments> BinaryLists(Samples s)
    {
        yield return new("IndexBinaryIVF.NProbe", ("value", () => s.BinaryLists.NProbe = 0));
        yield return new("IndexBinaryIVF.MaxCodes", ("value", () => s.BinaryLists.MaxCodes = -1));
        yield return new("IndexBinaryIVF.GetListSize(list)", ("list", () => s.BinaryLists.GetListSize(4)), ("list", () => s.BinaryLists.GetListSize(-1)));
        yield return new("IndexBinaryIVF.MergeFrom(other, addId)", ("other", () => s.BinaryLists.MergeFrom(s.BinaryLists)));
        yield return new(
            "IndexBinaryIVF.SearchPreassigned(queries, k, lists, centroidDistances, distances, ids, storePairs, parameters)",
            ("queries", () => s.BinaryLists.SearchPreassigned(new byte[5], 1, new long[2], new int[2], new int[1], new long[1])),
            ("k", () => s.BinaryLists.SearchPreassigned(new byte[4], 0, new long[2], new int[2], [], [])),
            ("lists", () => s.BinaryLists.SearchPreassigned(new byte[4], 1, new long[1], new int[2], new int[1], new long[1])),
            ("lists", () => s.BinaryLists.SearchPreassigned(new byte[4], 1, [0, 4], new int[2], new int[1], new long[1])),
            ("lists", () => s.BinaryLists.SearchPreassigned(new byte[4], 1, [0, -2], new int[2], new int[1], new long[1])),
            ("centroidDistances", () => s.BinaryLists.SearchPreassigned(new byte[4], 1, new long[2], new int[1], new int[1], new long[1])),
            ("distances", () => s.BinaryLists.SearchPreassigned(new byte[4], 1, new long[2], new int[2], new int[2], new long[1])),
            ("distances", () => Overlapping((x, distances, _) => s.BinaryLists.SearchPreassigned(MemoryMarshal.AsBytes(x), 1, new long[2], new int[2], MemoryMarshal.Cast<float, int>(distances), new long[1]), 1, 1)),
            ("ids", () => s.BinaryLists.SearchPreassigned(new byte[4], 1, new long[2], new int[2], new int[1], new long[2])),
            ("ids", () => Overlapping((_, _, lists) => s.BinaryLists.SearchPreassigned(new byte[4], 1, lists, new int[2], new int[1], lists[..1]), 1, 2)));
    }
}
