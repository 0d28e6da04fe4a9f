namespace FaissSdk.Tests.Arguments;

/// <content>Exact indexes and filters.</content>
internal sealed partial record WrongArguments
{
    private static IEnumerable<WrongArguments> Flat(Samples s)
    {
        yield return new("IdFilter.FromRange(start, end)", ("end", () => IdFilter.FromRange(3, 1)));
        yield return new("FaissIndex.Search(queries, k, filter)", ("queries", () => s.Flat.Search(new float[3], 1, s.Filter)), ("k", () => s.Flat.Search(new float[4], 0, s.Filter)));
        yield return new("FaissIndex.RangeSearch(queries, radius, filter)", ("queries", () => s.Flat.RangeSearch(new float[3], 1, s.Filter)), ("radius", () => s.Flat.RangeSearch(new float[4], float.NaN, s.Filter))) { Needs = "faiss_sdk_range_search" };
        yield return new(
            "FlatIndex.Create(dimension, metric, storage)",
            ("dimension", () => FlatIndex.Create(0)),
            ("metric", () => FlatIndex.Create(4, MetricType.L1)),
            ("storage", () => FlatIndex.Create(4, storage: (VectorStorage)3)));
        yield return new("FlatIndex.CreateCosine(dimension, storage)", ("dimension", () => FlatIndex.CreateCosine(0)), ("storage", () => FlatIndex.CreateCosine(4, VectorStorage.Byte)));
        yield return new(
            "ManagedFlatIndex(dimension, metric, storage)",
            ("dimension", () => _ = new ManagedFlatIndex(0)),
            ("dimension", () => _ = new ManagedFlatIndex((1 << 17) + 1)),
            ("metric", () => _ = new ManagedFlatIndex(4, MetricType.Lp)),
            ("storage", () => _ = new ManagedFlatIndex(4, storage: (VectorStorage)(-1))));
        yield return new("ManagedFlatIndex.CreateCosine(dimension, storage)", ("dimension", () => ManagedFlatIndex.CreateCosine(-1)), ("storage", () => ManagedFlatIndex.CreateCosine(4, VectorStorage.Byte)));
        yield return new("ManagedFlatIndex.MaxDegreeOfParallelism", ("value", () => s.ManagedFlat.MaxDegreeOfParallelism = 0));
        yield return new("ManagedFlatIndex.Add(vectors)", ("vectors", () => s.ManagedFlat.Add(new Half[3])), ("vectors", () => s.ManagedFlat.Add([Half.NaN, Half.One, Half.One, Half.One])), ("vectors", () => s.ManagedFlat.Add(new byte[3])));
        yield return new(
            "ManagedFlatIndex.AddWithIds(vectors, ids)",
            ("vectors", () => s.ManagedNamed.AddWithIds(new Half[3], [9])),
            ("vectors", () => s.ManagedNamed.AddWithIds(new byte[3], [9])),
            ("ids", () => s.ManagedNamed.AddWithIds(new Half[4], [])),
            ("ids", () => s.ManagedNamed.AddWithIds(new byte[4], [-1])),
            ("ids", () => s.ManagedNamed.AddWithIds(new byte[8], [9, 9])));
        foreach (var (type, index, named) in ((string, Func<IFlatIndex>, Func<IFlatIndex>)[])[("ManagedFlatIndex", () => s.ManagedFlat, () => s.ManagedNamed), ("IFlatIndex", () => s.EitherFlat, () => s.EitherNamed)])
        {
            yield return new(
                $"{type}.Add(vectors)",
                ("vectors", () => index().Add(new float[3])),
                ("vectors", () => index().Add([0, 0, float.NaN, 0])),
                ("vectors", () => index().Add([0, 0, 1e30f, 0])));
            yield return new(
                $"{type}.AddWithIds(vectors, ids)",
                ("vectors", () => named().AddWithIds(new float[3], [9])),
                ("vectors", () => named().AddWithIds([0, float.PositiveInfinity, 0, 0], [9])),
                ("ids", () => named().AddWithIds(new float[4], [])),
                ("ids", () => named().AddWithIds(new float[4], [-1])),
                ("ids", () => named().AddWithIds(new float[4], [5])),
                ("ids", () => named().AddWithIds(new float[8], [9, 9])));
            yield return new($"{type}.Search(queries, k, filter)", ("queries", () => index().Search(new float[3], 1)), ("queries", () => index().Search([0, float.NaN, 0, 0], 1)), ("k", () => index().Search(new float[4], 0)));
            yield return new(
                $"{type}.Search(queries, k, distances, ids, filter)",
                ("queries", () => index().Search(new float[3], 1, new float[1], new long[1])),
                ("k", () => index().Search(new float[4], -1, new float[1], new long[1])),
                ("distances", () => index().Search(new float[4], 2, new float[1], new long[2])),
                ("ids", () => index().Search(new float[4], 2, new float[2], new long[1])),
                ("distances", () => Overlapping((queries, distances, ids) => index().Search(queries, 4, distances, ids), 4, 4)));
            yield return new(
                $"{type}.RangeSearch(queries, radius, filter)",
                ("queries", () => index().RangeSearch(new float[3], 1)),
                ("queries", () => index().RangeSearch([0, float.NaN, 0, 0], 1)),
                ("radius", () => index().RangeSearch(new float[4], float.NaN)),
                ("radius", () => index().RangeSearch(new float[4], -1)));
            yield return new($"{type}.Reconstruct(id)", ("id", () => index().Reconstruct(8)), ("id", () => index().Reconstruct(-1)), ("id", () => named().Reconstruct(6)));
            yield return new($"{type}.Reconstruct(id, vector)", ("id", () => index().Reconstruct(8, new float[4])), ("vector", () => index().Reconstruct(0, new float[3])));
        }
    }
}
