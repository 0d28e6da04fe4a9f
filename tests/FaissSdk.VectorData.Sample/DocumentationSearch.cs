using System.Linq.Expressions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData;

namespace FaissSdk.VectorData.Sample;

/// <summary>A web service that searches the documentation of .NET by meaning, by keywords, or by both.</summary>
internal static class DocumentationSearch
{
    /// <summary>Builds the service, whose store is a file in the folder.</summary>
    public static WebApplication Build(string[] args, string folder)
    {
        var builder = WebApplication.CreateSlimBuilder(args);

        // The one line to change: a generator of a package such as Microsoft.Extensions.AI.OpenAI or OllamaSharp, and its dimension in Member.
        builder.Services.AddSingleton<IEmbeddingGenerator>(new HashingEmbeddingGenerator());

        Directory.CreateDirectory(folder);
        builder.Services.AddFaissCollection<string, Member>(Member.Collection, Path.Combine(folder, "documentation.db"));
        builder.Services.AddSingleton<DocumentationLoader>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DocumentationLoader>());

        var app = builder.Build();
        app.Use((context, next) =>
        {
            // The page is one file, and needs nothing from elsewhere.
            context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:";
            return next(context);
        });
        app.MapGet("/", () => Results.Stream(typeof(DocumentationSearch).Assembly.GetManifestResourceStream("page.html")!, "text/html; charset=utf-8"));
        app.MapGet("/status", (DocumentationLoader loader) => new Status(loader.Count, loader.IsComplete));
        app.MapGet("/search", Search);
        app.MapGet("/members/{id}", async (string id, VectorStoreCollection<string, Member> members, CancellationToken aborted) =>
            await members.GetAsync(id, cancellationToken: aborted) is { } member ? Results.Ok(Found.Of(member, null)) : Results.NotFound());
        return app;
    }

    private static async Task<IResult> Search(
        VectorStoreCollection<string, Member> members,
        IKeywordHybridSearchable<Member> words,
        CancellationToken aborted,
        string? query = null,
        string? mode = "hybrid",
        string? space = null,
        string? kind = null,
        int top = 10,
        int skip = 0)
    {
        if (string.IsNullOrWhiteSpace(query) || query.Length > 1000 || top is < 1 or > 100 || skip is < 0 or > 1000 || mode is not ("hybrid" or "meaning"))
        {
            return Results.BadRequest(new { Error = "query is missing or longer than 1,000 characters, top is not within 1 and 100, skip is not within 0 and 1,000, or mode is neither hybrid nor meaning." });
        }

        var filter = Filter(string.IsNullOrWhiteSpace(space) ? null : space, string.IsNullOrWhiteSpace(kind) ? null : kind);
        var found = mode == "meaning"
            ? members.SearchAsync(query, top, new VectorSearchOptions<Member> { Filter = filter, Skip = skip }, aborted)
            : words.HybridSearchAsync(query, Words.Split(query).ToArray(), top, new HybridSearchOptions<Member> { Filter = filter, Skip = skip }, aborted);
        return Results.Ok(await found.Select(result => Found.Of(result.Record, result.Score)).ToArrayAsync(aborted));
    }

    private static Expression<Func<Member, bool>>? Filter(string? space, string? kind) => (space, kind) switch
    {
        (null, null) => null,
        (null, _) => member => member.Kind == kind,
        (_, null) => member => member.Namespaces.Contains(space),
        _ => member => member.Namespaces.Contains(space) && member.Kind == kind,
    };

    internal sealed record Found(string Id, string Name, string Namespace, string Kind, string Summary, double? Score)
    {
        public static Found Of(Member member, double? score) => new(member.Id, member.Name, member.Namespace, member.Kind, member.Summary, score);
    }

    internal sealed record Status(int Members, bool Complete);
}
