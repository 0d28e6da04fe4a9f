namespace FaissSdk.Tests.Arguments;

/// <content>Calls that can be canceled, and asynchronous calls.</content>
internal sealed partial record WrongArguments
{
    private static IEnumerable<WrongArguments> Cancelable(Samples s)
    {
        var none = new CancellationTokenSource().Token;
        yield return new("FaissIndex.Train(vectors, cancellationToken)", ("vectors", () => s.Flat.Train(new float[5], none)), ("vectors", () => s.Flat.Train([], none)));
        yield return new("FaissIndex.Add(vectors, progress, cancellationToken)", ("vectors", () => s.Flat.Add(new float[5], null, none)), ("vectors", () => s.Codes.Add([float.NaN, 0, 0, 0], null, none)));
        yield return new(
            "FaissIndex.AddWithIds(vectors, ids, progress, cancellationToken)",
            ("vectors", () => s.Lists.AddWithIds(new float[5], [1], null, none)),
            ("ids", () => s.Lists.AddWithIds(new float[4], [1, 2], null, none)),
            ("ids", () => s.Lists.AddWithIds(new float[4], [-1], null, none)));
        yield return new(
            "FaissIndex.Search(queries, k, distances, ids, cancellationToken)",
            ("queries", () => s.Flat.Search(new float[5], 1, new float[1], new long[1], none)),
            ("k", () => s.Flat.Search(new float[4], 0, [], [], none)),
            ("distances", () => s.Flat.Search(new float[4], 2, new float[1], new long[2], none)),
            ("ids", () => s.Flat.Search(new float[4], 2, new float[2], new long[1], none)));
        yield return new(
            "FaissIndex.Search(queries, k, parameters, cancellationToken)",
            ("queries", () => s.Flat.Search(new float[5], 1, null, none)),
            ("k", () => s.Flat.Search(new float[4], 0, null, none)));
        yield return new(
            "FaissIndex.RangeSearch(queries, radius, cancellationToken)",
            ("queries", () => s.Flat.RangeSearch(new float[5], 1, none)),
            ("radius", () => s.Flat.RangeSearch(new float[4], -1, none)),
            ("radius", () => s.Flat.RangeSearch(new float[4], float.NaN, none)));
        yield return new(
            "FaissIndex.SearchAsync(queries, k, parameters, cancellationToken)",
            ("queries", () => s.Flat.SearchAsync(new float[5], 1).GetAwaiter().GetResult()),
            ("k", () => s.Flat.SearchAsync(new float[4], 0).GetAwaiter().GetResult()));
        yield return new("FaissIndex.AddAsync(vectors, progress, cancellationToken)", ("vectors", () => s.Flat.AddAsync(new float[5]).GetAwaiter().GetResult()));
        yield return new("FaissIndex.TrainAsync(vectors, cancellationToken)", ("vectors", () => s.Flat.TrainAsync(new float[5]).GetAwaiter().GetResult()));
        yield return new("FaissIndex.LoadAsync(path, options, cancellationToken)", ("options", () => FaissIndex.LoadAsync("absent", (IndexReadOptions)1).GetAwaiter().GetResult()));
        yield return new(
            "IndexBinary.Search(queries, k, selector)",
            ("queries", () => s.Binary.Search(new byte[5], 1, new IDSelectorRange(0, 1))),
            ("k", () => s.Binary.Search(new byte[4], 0, new IDSelectorRange(0, 1)))) { Needs = "faiss_IndexBinary_search_with_params" };
        foreach (var row in BinaryCancelable(s, none))
        {
            yield return row with { Needs = BinaryFactory };
        }

        yield return new("AddCanceledException(addedCount, cancellationToken)", ("addedCount", () => _ = new AddCanceledException(-1, none)));
    }

    private static IEnumerable<WrongArguments> BinaryCancelable(Samples s, CancellationToken none)
    {
        yield return new("IndexBinary.Add(vectors, progress, cancellationToken)", ("vectors", () => s.Binary.Add(new byte[5], null, none)));
        yield return new(
            "IndexBinary.Search(queries, k, parameters, cancellationToken)",
            ("queries", () => s.Binary.Search(new byte[5], 1, null, none)),
            ("k", () => s.Binary.Search(new byte[4], 0, null, none)));
        yield return new("IndexBinary.SearchAsync(queries, k, parameters, cancellationToken)", ("queries", () => s.Binary.SearchAsync(new byte[5], 1).GetAwaiter().GetResult()), ("k", () => s.Binary.SearchAsync(new byte[4], 0).GetAwaiter().GetResult()));
        yield return new("IndexBinary.AddAsync(vectors, progress, cancellationToken)", ("vectors", () => s.Binary.AddAsync(new byte[5]).GetAwaiter().GetResult()));
        yield return new("IndexBinary.TrainAsync(vectors, cancellationToken)", ("vectors", () => s.Binary.TrainAsync(new byte[5]).GetAwaiter().GetResult()));
        yield return new("IndexBinary.Reconstruct(ids)", ("ids", () => s.Binary.Reconstruct([0L, 8L])), ("ids", () => s.Binary.Reconstruct([-1L])));
        yield return new("IndexBinary.SearchById(ids, k)", ("ids", () => s.Binary.SearchById([8], 1)), ("k", () => s.Binary.SearchById([0], 0)));
    }
}
