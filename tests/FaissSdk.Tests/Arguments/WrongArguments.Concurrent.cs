namespace FaissSdk.Tests.Arguments;

/// <content>Indexes whose calls wait for each other.</content>
internal sealed partial record WrongArguments
{
    private static IEnumerable<WrongArguments> Concurrent(Samples s) => [.. ConcurrentIndexes(s), .. ConcurrentBinaryIndexes(s).Select(row => row with { Needs = row.Needs ?? BinaryFactory })];

    private static IEnumerable<WrongArguments> ConcurrentIndexes(Samples s)
    {
        yield return new("ConcurrentIndex.Train(vectors, cancellationToken)", ("vectors", () => s.Flat.AsConcurrent().Train(new float[5])));
        yield return new("ConcurrentIndex.Add(vectors, cancellationToken)", ("vectors", () => s.Flat.AsConcurrent().Add(new float[5])));
        yield return new("ConcurrentIndex.AddWithIds(vectors, ids, cancellationToken)", ("vectors", () => s.Flat.AsConcurrent().AddWithIds(new float[5], [1])), ("ids", () => s.Flat.AsConcurrent().AddWithIds(new float[4], [1, 2])));
        yield return new(
            "ConcurrentIndex.Search(queries, k, distances, ids, cancellationToken)",
            ("queries", () => s.Flat.AsConcurrent().Search(new float[5], 1, new float[1], new long[1])),
            ("k", () => s.Flat.AsConcurrent().Search(new float[4], 0, [], [])),
            ("distances", () => s.Flat.AsConcurrent().Search(new float[4], 2, new float[1], new long[2])),
            ("ids", () => s.Flat.AsConcurrent().Search(new float[4], 2, new float[2], new long[1])));
        yield return new(
            "ConcurrentIndex.Search(queries, k, parameters, distances, ids, cancellationToken)",
            ("queries", () => s.Flat.AsConcurrent().Search(new float[5], 1, s.Parameters, new float[1], new long[1])),
            ("k", () => s.Flat.AsConcurrent().Search(new float[4], 0, s.Parameters, [], [])),
            ("distances", () => s.Flat.AsConcurrent().Search(new float[4], 2, s.Parameters, new float[1], new long[2])),
            ("ids", () => s.Flat.AsConcurrent().Search(new float[4], 2, s.Parameters, new float[2], new long[1]))) { Needs = "faiss_Index_search_with_params" };
        yield return new("ConcurrentIndex.Search(queries, k, parameters, cancellationToken)", ("queries", () => s.Flat.AsConcurrent().Search(new float[5], 1)), ("k", () => s.Flat.AsConcurrent().Search(new float[4], 0)));
        yield return new(
            "ConcurrentIndex.Assign(queries, k, ids, cancellationToken)",
            ("queries", () => s.Flat.AsConcurrent().Assign(new float[5], 1, new long[1])),
            ("k", () => s.Flat.AsConcurrent().Assign(new float[4], 0, [])),
            ("ids", () => s.Flat.AsConcurrent().Assign(new float[4], 1, new long[2])));
        yield return new("ConcurrentIndex.Assign(queries, k, cancellationToken)", ("queries", () => s.Flat.AsConcurrent().Assign(new float[5])), ("k", () => s.Flat.AsConcurrent().Assign(new float[4], 0)));
        yield return new("ConcurrentIndex.RangeSearch(queries, radius, cancellationToken)", ("queries", () => s.Flat.AsConcurrent().RangeSearch(new float[5], 1)), ("radius", () => s.Flat.AsConcurrent().RangeSearch(new float[4], -1)));
        yield return new("ConcurrentIndex.Reconstruct(id, cancellationToken)", ("id", () => s.Flat.AsConcurrent().Reconstruct(8)));
        yield return new("ConcurrentIndex.Reconstruct(id, vector, cancellationToken)", ("id", () => s.Flat.AsConcurrent().Reconstruct(8, new float[4])), ("vector", () => s.Flat.AsConcurrent().Reconstruct(0, new float[5])));
        yield return new("ConcurrentIndex.TryReconstruct(id, vector, cancellationToken)", ("vector", () => s.Flat.AsConcurrent().TryReconstruct(0, new float[5])));
        yield return new("ConcurrentIndex.ReconstructRange(first, count, cancellationToken)", ("first", () => s.Flat.AsConcurrent().ReconstructRange(-1, 1)), ("count", () => s.Flat.AsConcurrent().ReconstructRange(0, -1)));
        yield return new("ConcurrentIndex.ReconstructRange(first, vectors, cancellationToken)", ("first", () => s.Flat.AsConcurrent().ReconstructRange(8, new float[4])), ("vectors", () => s.Flat.AsConcurrent().ReconstructRange(0, new float[5])));
    }

    private static IEnumerable<WrongArguments> ConcurrentBinaryIndexes(Samples s)
    {
        yield return new("ConcurrentIndexBinary.Train(vectors, cancellationToken)", ("vectors", () => s.Binary.AsConcurrent().Train(new byte[5])));
        yield return new("ConcurrentIndexBinary.Add(vectors, cancellationToken)", ("vectors", () => s.Binary.AsConcurrent().Add(new byte[5])));
        yield return new("ConcurrentIndexBinary.AddWithIds(vectors, ids, cancellationToken)", ("vectors", () => s.Binary.AsConcurrent().AddWithIds(new byte[5], [1])), ("ids", () => s.Binary.AsConcurrent().AddWithIds(new byte[4], [1, 2])));
        yield return new(
            "ConcurrentIndexBinary.Search(queries, k, distances, ids, cancellationToken)",
            ("queries", () => s.Binary.AsConcurrent().Search(new byte[5], 1, new int[1], new long[1])),
            ("k", () => s.Binary.AsConcurrent().Search(new byte[4], 0, [], [])),
            ("distances", () => s.Binary.AsConcurrent().Search(new byte[4], 2, new int[1], new long[2])),
            ("ids", () => s.Binary.AsConcurrent().Search(new byte[4], 2, new int[2], new long[1])));
        yield return new(
            "ConcurrentIndexBinary.Search(queries, k, parameters, distances, ids, cancellationToken)",
            ("queries", () => s.Binary.AsConcurrent().Search(new byte[5], 1, s.Parameters, new int[1], new long[1])),
            ("k", () => s.Binary.AsConcurrent().Search(new byte[4], 0, s.Parameters, [], [])),
            ("distances", () => s.Binary.AsConcurrent().Search(new byte[4], 2, s.Parameters, new int[1], new long[2])),
            ("ids", () => s.Binary.AsConcurrent().Search(new byte[4], 2, s.Parameters, new int[2], new long[1]))) { Needs = "faiss_IndexBinary_search_with_params" };
        yield return new("ConcurrentIndexBinary.Search(queries, k, parameters, cancellationToken)", ("queries", () => s.Binary.AsConcurrent().Search(new byte[5], 1)), ("k", () => s.Binary.AsConcurrent().Search(new byte[4], 0)));
        yield return new(
            "ConcurrentIndexBinary.Assign(queries, k, ids, cancellationToken)",
            ("queries", () => s.Binary.AsConcurrent().Assign(new byte[5], 1, new long[1])),
            ("k", () => s.Binary.AsConcurrent().Assign(new byte[4], 0, [])),
            ("ids", () => s.Binary.AsConcurrent().Assign(new byte[4], 1, new long[2])));
        yield return new("ConcurrentIndexBinary.Assign(queries, k, cancellationToken)", ("queries", () => s.Binary.AsConcurrent().Assign(new byte[5])), ("k", () => s.Binary.AsConcurrent().Assign(new byte[4], 0)));
        yield return new("ConcurrentIndexBinary.RangeSearch(queries, radius, cancellationToken)", ("queries", () => s.Binary.AsConcurrent().RangeSearch(new byte[5], 1)), ("radius", () => s.Binary.AsConcurrent().RangeSearch(new byte[4], -1)));
        yield return new("ConcurrentIndexBinary.Reconstruct(id, cancellationToken)", ("id", () => s.Binary.AsConcurrent().Reconstruct(8)));
        yield return new("ConcurrentIndexBinary.Reconstruct(id, vector, cancellationToken)", ("id", () => s.Binary.AsConcurrent().Reconstruct(8, new byte[4])), ("vector", () => s.Binary.AsConcurrent().Reconstruct(0, new byte[5])));
        yield return new("ConcurrentIndexBinary.ReconstructRange(first, count, cancellationToken)", ("first", () => s.Binary.AsConcurrent().ReconstructRange(-1, 1)), ("count", () => s.Binary.AsConcurrent().ReconstructRange(0, -1)));
        yield return new("ConcurrentIndexBinary.ReconstructRange(first, vectors, cancellationToken)", ("first", () => s.Binary.AsConcurrent().ReconstructRange(8, new byte[4])), ("vectors", () => s.Binary.AsConcurrent().ReconstructRange(0, new byte[5])));
    }
}
