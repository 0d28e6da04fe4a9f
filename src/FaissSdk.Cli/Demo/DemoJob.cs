using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk demo</c>: reads the .NET documentation, clusters it with each backend and searches it.</summary>
internal static class DemoJob
{
    private const int ClustersShown = 12;
    private const int AnswersShown = 10;

    // Together with the sizes, the table is 80 columns wide.
    private const int WordsWidth = 25;
    private const int MembersWidth = 40;

    public static int Run(DemoRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        var selection = BackendSelection.Of(request.Backend, allowManagedOnly: true);
        var corpus = ReadCorpus(request, console, cancellationToken);
        if (corpus.Members.Count < request.Clusters)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--clusters is {request.Clusters}, but the documentation has only {corpus.Members.Count} members; ask for at most {corpus.Members.Count} clusters."));
        }

        var query = QueryVector(request.Query, corpus);
        if (selection.Reason is not null)
        {
            console.WriteLine($"managed backend only: {selection.Reason}");
        }

        var runs = new List<TrainingRun>();
        foreach (var backend in selection.Backends)
        {
            runs.Add(Train(request, corpus, backend, console, cancellationToken));
        }

        BackendComparison? comparison = null;
        if (runs.Count > 1)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"managed takes {runs[1].Elapsed / runs[0].Elapsed:0.00} times as long as native"));
            console.WriteLine();
            comparison = BackendComparison.Compare(corpus.Vectors, runs[0], runs[1], cancellationToken);
            comparison.Write(console, corpus.Vectors.Count);
        }

        console.WriteLine();
        var neighbors = Search(corpus, query);
        WriteClusters(console, corpus, runs[0].Result);
        WriteAnswers(console, corpus, request.Query, neighbors);
        console.WriteJson(json =>
        {
            json.WriteNumber("members", corpus.Members.Count);
            CommandJson.WriteArray(json, "trainings", runs, run => KMeansJson.Write(json, run));
            json.WriteBoolean("agrees", comparison?.Agrees ?? true);
            json.WriteString("query", request.Query);
            CommandJson.WriteArray(json, "answers", neighbors, neighbor =>
            {
                json.WriteStartObject();
                json.WriteString("id", corpus.Members[(int)neighbor.Id].Id);
                CommandJson.WriteNumber(json, "cosine", neighbor.Distance);
                json.WriteEndObject();
            });
        });
        return comparison is null or { Agrees: true } ? ExitCode.Success : ExitCode.Failure;
    }

    private static MemberCorpus ReadCorpus(DemoRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var files = DocumentationFolder.FindFiles(request.Docs);
        var corpus = MemberCorpus.Build(DocumentationReader.Read(files, cancellationToken));
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{corpus.Members.Count} documented members from {files.Length} files, {corpus.Model.TermCount} words, dimension {corpus.Vectors.Dimension} ({clock.Elapsed.TotalSeconds:0.0} s)"));
        return corpus;
    }

    private static float[] QueryVector(string query, MemberCorpus corpus)
    {
        var vector = new float[corpus.Vectors.Dimension];
        return corpus.Model.TryWriteVector(corpus.Model.Weigh(Words.Split(query)), vector)
            ? vector
            : throw new UsageException($"--query: no word of '{query}' occurs in the documentation; use other words.");
    }

    private static TrainingRun Train(DemoRequest request, MemberCorpus corpus, KMeansBackend backend, CommandConsole console, CancellationToken cancellationToken)
    {
        var options = new KMeansOptions
        {
            Backend = backend,
            MaxIterations = request.Iterations,
            // Large enough that no sample is taken.
            MaxPointsPerCentroid = Math.Max(1, corpus.Vectors.Count),
        };
        var run = TrainingRun.Train(console, corpus.Vectors, request.Clusters, options, cancellationToken);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Name + ":",-9}{request.Clusters} clusters, {run.Result.Iterations.Count} iterations in {run.Elapsed.TotalSeconds:0.00} s, objective {run.Result.Objective:G7}"));
        return run;
    }

    private static void WriteClusters(CommandConsole console, MemberCorpus corpus, KMeansResult result)
    {
        var summaries = ClusterSummary.SummarizeBest(corpus, result, ClustersShown);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{summaries.Length} of {result.Clusters} clusters with the members nearest to their centroids:"));
        var table = new Table()
            .AddColumn(new TableColumn("size").RightAligned().Width(5))
            .AddColumn(new TableColumn("typical words").Width(WordsWidth))
            .AddColumn(new TableColumn("typical members").Width(MembersWidth));
        foreach (var summary in summaries)
        {
            table.AddRow(CommandConsole.Cells(
                summary.Size.ToString(CultureInfo.InvariantCulture),
                string.Join(", ", summary.Words),
                string.Join('\n', summary.Examples.Select(example => Excerpt.Of(example, MembersWidth)))));
        }

        console.Write(table);
    }

    private static Neighbor[] Search(MemberCorpus corpus, float[] vector)
    {
        var count = Math.Min(AnswersShown, corpus.Members.Count);
        return FaissLibrary.IsAvailable
            ? MemberSearch.Native(corpus.Vectors, vector, count)
            : MemberSearch.Managed(corpus.Vectors, vector, count);
    }

    private static void WriteAnswers(CommandConsole console, MemberCorpus corpus, string query, Neighbor[] neighbors)
    {
        console.WriteLine($"nearest to \"{query}\" ({(FaissLibrary.IsAvailable ? "IndexFlatIP" : "managed search")}):");
        var table = new Table()
            .AddColumn(new TableColumn("cosine").RightAligned())
            .AddColumn("member");
        foreach (var neighbor in neighbors)
        {
            var member = corpus.Members[(int)neighbor.Id];
            table.AddRow(CommandConsole.Cells(
                neighbor.Distance.ToString("0.000", CultureInfo.InvariantCulture),
                Excerpt.Of(MemberName.Readable(member.Id), 66) + "\n  " + Excerpt.Of(member.Summary, 64)));
        }

        console.Write(table);
    }
}
