namespace FaissSdk.Tests.Arguments;

/// <content>Vectors by their ids, vectors of search results, and sizes.</content>
internal sealed partial record WrongArguments
{
    private static IEnumerable<WrongArguments> Vectors(Samples s)
    {
        yield return new("FaissIndex.Reconstruct(ids)", ("ids", () => s.Flat.Reconstruct([0, 8])), ("ids", () => s.Flat.Reconstruct([-1])));
        yield return new(
            "FaissIndex.Reconstruct(ids, vectors)",
            ("ids", () => s.Flat.Reconstruct([0, 8], new float[8])),
            ("vectors", () => s.Flat.Reconstruct([0, 1], new float[4])),
            ("vectors", () => Overlapping((_, vectors, ids) => s.Flat.Reconstruct(ids, vectors), 4, 1)));
        yield return new(
            "FaissIndex.SearchAndReconstruct(queries, k, distances, ids, vectors)",
            ("queries", () => s.Flat.SearchAndReconstruct(new float[5], 1, new float[1], new long[1], new float[4])),
            ("k", () => s.Flat.SearchAndReconstruct(new float[4], 0, [], [], [])),
            ("distances", () => s.Flat.SearchAndReconstruct(new float[4], 1, new float[2], new long[1], new float[4])),
            ("distances", () => s.Lists.SearchAndReconstruct(new float[4], 1, new float[2], new long[1], new float[4])),
            ("ids", () => s.Flat.SearchAndReconstruct(new float[4], 1, new float[1], new long[2], new float[4])),
            ("ids", () => s.Lists.SearchAndReconstruct(new float[4], 1, new float[1], new long[2], new float[4])),
            ("queries", () => s.Lists.SearchAndReconstruct([float.NaN, 0, 0, 0], 1, new float[1], new long[1], new float[4])),
            ("vectors", () => s.Flat.SearchAndReconstruct(new float[4], 1, new float[1], new long[1], new float[3])),
            ("vectors", () => Overlapping((x, vectors, _) => s.Flat.SearchAndReconstruct(x, 1, new float[1], new long[1], vectors), 4, 4)));
        yield return new(
            "FaissIndex.SearchAndReconstruct(queries, k, vectors)",
            ("queries", () => s.Flat.SearchAndReconstruct(new float[5], 1, out _)),
            ("k", () => s.Flat.SearchAndReconstruct(new float[4], 0, out _)),
            ("k", () => s.Flat.SearchAndReconstruct(new float[4], 1 << 30, out _)));
        yield return new(
            "FaissIndex.SearchById(ids, k)",
            ("ids", () => s.Flat.SearchById([0, 8], 1)),
            ("k", () => s.Flat.SearchById([0], 0)),
            ("k", () => s.Flat.SearchById([0], int.MaxValue)));
        yield return new("ConcurrentIndex.Reconstruct(ids, cancellationToken)", ("ids", () => s.Flat.AsConcurrent().Reconstruct([8])));
        yield return new("ConcurrentIndex.Reconstruct(ids, vectors, cancellationToken)", ("ids", () => s.Flat.AsConcurrent().Reconstruct([8], new float[4])), ("vectors", () => s.Flat.AsConcurrent().Reconstruct([0], new float[5])));
        yield return new(
            "ConcurrentIndex.SearchAndReconstruct(queries, k, distances, ids, vectors, cancellationToken)",
            ("queries", () => s.Flat.AsConcurrent().SearchAndReconstruct(new float[5], 1, new float[1], new long[1], new float[4])),
            ("k", () => s.Flat.AsConcurrent().SearchAndReconstruct(new float[4], 0, [], [], [])),
            ("distances", () => s.Flat.AsConcurrent().SearchAndReconstruct(new float[4], 1, new float[2], new long[1], new float[4])),
            ("ids", () => s.Flat.AsConcurrent().SearchAndReconstruct(new float[4], 1, new float[1], new long[2], new float[4])),
            ("vectors", () => s.Flat.AsConcurrent().SearchAndReconstruct(new float[4], 1, new float[1], new long[1], new float[3])));
        yield return new(
            "ConcurrentIndex.SearchAndReconstruct(queries, k, vectors, cancellationToken)",
            ("queries", () => s.Flat.AsConcurrent().SearchAndReconstruct(new float[5], 1, out _)),
            ("k", () => s.Flat.AsConcurrent().SearchAndReconstruct(new float[4], 0, out _)));
        yield return new("ConcurrentIndex.SearchById(ids, k, cancellationToken)", ("ids", () => s.Flat.AsConcurrent().SearchById([8], 1)), ("k", () => s.Flat.AsConcurrent().SearchById([0], 0)));
        yield return new("FaissIndex.EstimateSizeInBytes(dimension, description, count)", ("dimension", () => FaissIndex.EstimateSizeInBytes(0, "Flat", 1)), ("count", () => FaissIndex.EstimateSizeInBytes(4, "Flat", -1)));
    }
}
