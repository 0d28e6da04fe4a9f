namespace FaissSdk.WebSample;

/// <summary>Contains the example of the package's README, which is compiled here because it is part of a web service.</summary>
internal static class ReadmeExample
{
    public static void Configure(WebApplicationBuilder builder)
    {
        builder.Services.AddFaissIndex("products", options =>
        {
            options.Path = "products.faiss";        // loaded if it exists
            options.Factory = "IDMap2,Flat";        // created otherwise
            options.Dimension = 384;
            options.SaveAtShutdown = true;
        });
        builder.Services.AddHealthChecks().AddFaissIndex("products");
    }

    public static void Map(WebApplication app)
    {
        app.MapPost("/search", (float[] query, [FromKeyedServices("products")] ConcurrentIndex index, CancellationToken aborted) =>
        {
            using var limit = FaissThreads.Limit(1); // requests run in parallel already
            return index.Search(query, k: 10, cancellationToken: aborted).Ids;
        });
    }
}
