namespace FaissSdk.Orleans;

/// <summary>Searches one index as a request specifies.</summary>
internal static class ShardSearch
{
    public static SearchResult Run(FaissIndex index, SearchRequest request)
    {
        var options = request.Options;
        var queries = request.Queries.Values.Span;
        // Disposed from the outermost to the innermost.
        var owned = new List<IDisposable>();
        try
        {
            var selector = options.Filter?.CreateSelector(owned);
            SearchParameters? parameters = options.NProbe is { } probes ? new SearchParametersIVF(selector, probes)
                : options.EfSearch is { } candidates ? new SearchParametersHNSW(selector, candidates)
                : null;
            if (parameters is not null)
            {
                owned.Insert(0, parameters);
                return index.Search(queries, request.K, parameters);
            }

            return selector is null ? index.Search(queries, request.K) : index.Search(queries, request.K, selector);
        }
        // Such as of queries that are equally far from all codes: another call has the same answer, so the shard is not one that did not answer.
        catch (InvalidOperationException error) when (error is not ObjectDisposedException)
        {
            throw new ShardException($"FAISS cannot answer: {error.Message}");
        }
        finally
        {
            owned.ForEach(part => part.Dispose());
        }
    }
}
