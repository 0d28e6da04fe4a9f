using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk search</c>: searches an index for the vectors of a file, or for a text.</summary>
internal static class SearchJob
{
    /// <summary>The formats of results: all but JSON and text hold ids alone.</summary>
    public static readonly string[] Extensions = [".csv", ".npy", ".ivecs", ".json"];

    private const int QueriesShown = 10;

    private static readonly string[] DistanceExtensions = [".npy", ".fvecs", ".csv"];

    public static int Run(SearchRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        var model = TextModel.ReadFor(request.Index);
        CheckRequest(request, model, console);
        using var limit = request.Threads > 0 ? FaissThreads.Limit(request.Threads) : default;
        var queries = ReadQueries(request, model, console, cancellationToken);
        using var index = SearchedIndex.Load(request.Index, request.Parameters);
        index.CheckQueries(request.Index, queries, request.Text is null ? request.Queries!.ToString() : TextModel.PathFor(request.Index));
        if (!index.IsTrained)
        {
            throw new InvalidDataException($"{request.Index}: the index is not trained; train and fill it first, or build one by faiss-sdk build.");
        }

        var clock = Stopwatch.StartNew();
        var found = Search(request, index, queries, cancellationToken);
        var elapsed = clock.Elapsed;
        cancellationToken.ThrowIfCancellationRequested();
        Write(request, index, found, model, console, cancellationToken);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{queries.Count:N0} queries in {elapsed.TotalMilliseconds:0.0} ms"));
        console.WriteJson(json =>
        {
            json.WriteString("index", index.ToString());
            json.WriteNumber("seconds", elapsed.TotalSeconds);
            WriteJson(json, found, model);
        });
        return ExitCode.Success;
    }

    private static void CheckRequest(SearchRequest request, TextModel? model, CommandConsole console)
    {
        if (request.Queries is null == request.Text is null)
        {
            throw new UsageException("name a file of QUERIES, or give a text by --query; one of the two.");
        }

        if (request.Text is not null && model is null)
        {
            throw new UsageException($"--query needs the embedding of the texts, and {TextModel.PathFor(request.Index)} does not exist; build the index with build --text, or search for the vectors of a file.");
        }

        var inputs = new[] { new VectorSource(request.Index), model is null ? null : new VectorSource(TextModel.PathFor(request.Index)), request.Queries };
        request.Output?.Check(Extensions, inputs, console);
        if (request.Distances is not { } distances)
        {
            return;
        }

        if (distances.IsStandardOutput && Path.GetExtension(distances.Path).Length == 0)
        {
            throw new UsageException($"--distances is {distances.Path}, and the standard output is for --output; name a file ({string.Join(", ", DistanceExtensions)}).");
        }

        distances.Check(DistanceExtensions, inputs, console);
        if (request.Output is { } output && (output.IsStandardOutput ? distances.IsStandardOutput : OutputFile.IsSame(output.Path, distances.Path)))
        {
            throw new UsageException($"--output and --distances both name {output.Name}; choose two files.");
        }
    }

    private static VectorSet ReadQueries(SearchRequest request, TextModel? model, CommandConsole console, CancellationToken cancellationToken)
    {
        if (request.Text is { } text)
        {
            var vector = model!.Embed(text);
            return new VectorSet(vector, vector.Length);
        }

        using var input = VectorFile.Open(request.Queries!);
        return VectorFile.Read(input, console, cancellationToken);
    }

    private static SearchResult Search(SearchRequest request, SearchedIndex index, VectorSet queries, CancellationToken cancellationToken)
    {
        try
        {
            return index.Search(queries, request.K, cancellationToken);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{(e.ParamName == "k" ? "--k" : request.Queries)}: {FaissSdkCommand.WithoutParameterName(e)}", e);
        }
    }

    private static void Write(SearchRequest request, SearchedIndex index, SearchResult found, TextModel? model, CommandConsole console, CancellationToken cancellationToken)
    {
        if (request.Output is { } output)
        {
            var format = output.Format(Extensions);
            output.Write(stream => WriteResults(stream, format, found, model, output.Name), console, cancellationToken);
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wrote the neighbors of {found.QueryCount:N0} queries to {output.Name}"));
        }
        else
        {
            Show(index, found, model, console);
        }

        if (request.Distances is { } distances)
        {
            distances.Write(stream => VectorFile.Write(stream, distances.Format(DistanceExtensions), found.Distances, found.K, distances.Name), console, cancellationToken);
            console.WriteLine($"wrote the distances to {distances.Name}");
        }
    }

    private static void Show(SearchedIndex index, SearchResult found, TextModel? model, CommandConsole console)
    {
        console.WriteLine(index.ToString()!);
        for (var i = 0; i < Math.Min(found.QueryCount, QueriesShown); i++)
        {
            if (found.QueryCount > 1)
            {
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"query {i}:"));
            }

            foreach (var (id, distance) in found[i])
            {
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id,10}  {distance,12:G6}{(TextOf(model, id) is { } text ? "  " + Excerpt.Of(text, text.Length) : "")}"));
            }
        }

        if (found.QueryCount > QueriesShown)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"and {found.QueryCount - QueriesShown:N0} queries more; --output writes all"));
        }
    }

    internal static void WriteResults(Stream stream, string format, SearchResult found, TextModel? model, string name)
    {
        switch (format)
        {
            case ".npy":
                NpyFile.Write(stream, found.Ids, "<i8", FormattableString.Invariant($"({found.QueryCount}, {found.K})"));
                break;
            case ".ivecs":
                WriteIds(stream, found, name);
                break;
            case ".json":
                using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
                {
                    json.WriteStartObject();
                    WriteJson(json, found, model);
                    json.WriteEndObject();
                }

                break;
            default:
                WriteLines(stream, found, model);
                break;
        }
    }

    private static void WriteIds(Stream stream, SearchResult found, string name)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        for (var i = 0; i < found.Ids.Length; i++)
        {
            if (i % found.K == 0)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(number, found.K);
                stream.Write(number);
            }

            var id = found.Ids[i];
            if (id is < int.MinValue or > int.MaxValue)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{name}: the id {id} of query {i / found.K} has more than the 32 bits of .ivecs; choose .npy or .csv."));
            }

            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(number, (int)id);
            stream.Write(number);
        }
    }

    private static void WriteLines(Stream stream, SearchResult found, TextModel? model)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(model is null ? "query,rank,id,distance" : "query,rank,id,distance,text");
        for (var i = 0; i < found.QueryCount; i++)
        {
            var rank = 0;
            foreach (var (id, distance) in found[i])
            {
                writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i},{rank++},{id},{distance}{(model is null ? "" : "," + Quote(TextOf(model, id) ?? ""))}"));
            }
        }
    }

    private static void WriteJson(Utf8JsonWriter json, SearchResult found, TextModel? model)
    {
        json.WriteNumber("k", found.K);
        CommandJson.WriteArray(json, "queries", Enumerable.Range(0, found.QueryCount), i =>
        {
            json.WriteStartArray();
            foreach (var (id, distance) in found[i])
            {
                json.WriteStartObject();
                json.WriteNumber("id", id);
                CommandJson.WriteNumber(json, "distance", distance);
                if (TextOf(model, id) is { } text)
                {
                    json.WriteString("text", text);
                }

                json.WriteEndObject();
                CommandJson.FlushIfLarge(json);
            }

            json.WriteEndArray();
        });
    }

    private static string? TextOf(TextModel? model, long id) => model?.Texts.GetValueOrDefault(id);

    private static string Quote(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
