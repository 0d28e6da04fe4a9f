namespace FaissSdk.WebSample;

/// <summary>A web service that adds, removes and searches vectors.</summary>
internal static class VectorService
{
    public const string Index = "vectors";

    public const int Dimension = 32;

    /// <summary>Builds the service, whose index is loaded from the file at its start and saved to it at its end.</summary>
    public static WebApplication Build(string[] args, string file)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddFaissIndex(Index, options =>
        {
            options.Path = file;
            options.Factory = "IDMap2,Flat";
            options.Dimension = Dimension;
            options.SaveAtShutdown = true;
        });
        builder.Services.AddHealthChecks().AddFaissIndex(Index);

        var app = builder.Build();
        app.MapHealthChecks("/health");
        app.MapPost("/vectors/{id:long}", Add);
        app.MapDelete("/vectors/{id:long}", Remove);
        app.MapPost("/search", Search);
        return app;
    }

    private static void Add(long id, float[] vector, [FromKeyedServices(Index)] ConcurrentIndex index, CancellationToken aborted) =>
        index.AddWithIds(vector, [id], aborted);

    private static IResult Remove(long id, [FromKeyedServices(Index)] ConcurrentIndex index, CancellationToken aborted)
    {
        using var selector = new IDSelectorBatch(id);
        return index.Remove(selector, aborted) > 0 ? Results.NoContent() : Results.NotFound();
    }

    // A request that is abandoned while it waits for its turn is not searched.
    private static IEnumerable<Found> Search(float[] query, int k, [FromKeyedServices(Index)] ConcurrentIndex index, CancellationToken aborted)
    {
        // Requests run in parallel already.
        using var limit = FaissThreads.Limit(1);
        var result = index.Search(query, k, cancellationToken: aborted);
        return result.Ids.ToArray().Zip(result.Distances.ToArray(), (id, distance) => new Found(id, distance)).Where(found => found.Id >= 0);
    }

    internal sealed record Found(long Id, float Distance);
}
