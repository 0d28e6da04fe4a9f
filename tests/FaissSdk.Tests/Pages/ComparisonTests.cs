using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FaissSdk.Tests.Pages;

/// <summary>Compiles and runs the right column of every table in the pages that compare FaissSdk with other libraries.</summary>
public sealed partial class ComparisonTests(SnippetFolder programs) : IClassFixture<SnippetFolder>
{
    private const string Python = "src/FaissSdk/docs/from-python.md";
    private const string Others = "src/FaissSdk/docs/migrating.md";

    // What the rows use without declaring it, by its name; each row has its own.
    private static readonly (string Name, string Declaration)[] Variables =
    [
        ("d", "const int d = 32;"),
        ("nlist", "const int nlist = 16;"),
        ("m", "const int m = 8;"),
        ("k", "const int k = 4;"),
        ("r", "const float r = 1;"),
        ("xb", "float[] xb = Random(1000, 1);"),
        ("xq", "float[] xq = Random(20, 2);"),
        ("w", "float[] w = [.. Enumerable.Range(1, 1000).Select(i => (float)i)];"),
        ("ids", "long[] ids = [.. Enumerable.Range(0, 1000).Select(i => 7L + i)];"),
        ("distances", "float[] distances = new float[20 * 1000];"),
        ("quantizer", "using var quantizer = new IndexFlatL2(32);"),
        ("selector", "using var selector = new IDSelectorRange(0, 100);"),
        ("index", "using FaissIndex index = new IndexFlatL2(32); index.Add(Random(1000, 1));"),
        ("ivf", "using var ivf = new IndexIVFFlat(new IndexFlatL2(32), 16, takeOwnership: true); ivf.Train(Random(1000, 1)); ivf.Add(Random(1000, 1));"),
        ("hnsw", "using var hnsw = new IndexHNSWFlat(32);"),
        ("clusters", "const int clusters = 20;"),
        ("vectors", "float[] vectors = Random(1000, 1);"),
        ("rows", "float[][] rows = [.. Random(1000, 1).Chunk(32)];"),
        ("queries", "float[] queries = Random(20, 2);"),
        ("nearestDistances", "float[] nearestDistances = new float[20 * 4];"),
        ("nearestIds", "long[] nearestIds = new long[20 * 4];"),
        ("vector", "float[] vector = Random(1, 3);"),
        ("key", "const long key = 42;"),
        ("parameters", "using var parameters = new SearchParameters();"),
        ("map", "using var map = FaissIndex.Create(32, \"IDMap2,Flat\");"),
        ("trained", "var trained = KMeans.Train(Random(1000, 1), 32, 20);"),
    ];

    [Theory]
    [InlineData(Python, 40)]
    [InlineData(Others, 20)]
    public void A_page_has_its_rows(string page, int min)
    {
        var count = Rows(page).Count;
        Assert.True(count >= min, $"There are {count} rows.");
    }

    [Theory]
    [InlineData(Python)]
    [InlineData(Others)]
    public async Task Every_row_runs(string page)
    {
        Native.Require();
        var program = programs.Next();
        var rows = Rows(page);
        var errors = CSharpBlock.Compile(new MarkdownBlock("rows.cs", 1, "csharp", Program(rows), new Dictionary<string, string>()), "", program);
        Assert.True(errors.Count == 0, string.Join('\n', errors));
        var run = await programs.Run(program);
        Assert.True(run.ExitCode == 0, run.Error);
        var results = run.Output.Split('\n').Where(line => line.Length > 0).Select(line => line.Trim().Split('\t', 2)).ToDictionary(fields => int.Parse(fields[0]), fields => fields[1]);
        Assert.Equal(rows.Count, results.Count);
        Assert.All(rows, row => Assert.Matches(row.Needs is { } version && !FaissLibrary.IsAtLeast(version.Major, version.Minor, version.Build) ? $"NotSupportedException.*{Regex.Escape(version.ToString(3))}" : "^ok$", $"{results[row.Line]}"));
    }

    // The first line of a table names the columns.
    private static IReadOnlyList<(int Line, string[] Code, Version? Needs)> Rows(string page) =>
    [
        .. MarkdownPage.Get(page).Prose.Zip(MarkdownPage.Get(page).Prose.Skip(1).Append((Number: 0, Text: "")), (line, next) => (line.Number, line.Text, IsHeader: next.Text.StartsWith("|---", StringComparison.Ordinal)))
            .Where(line => line.Text.StartsWith("| ", StringComparison.Ordinal) && !line.IsHeader)
            .Select(line => (line.Number, Cell: line.Text.Split(" | ")[^1]))
            .Select(row => (row.Number, CodeSpan().Matches(row.Cell).Select(match => match.Groups[1].Value).ToArray(), NeededVersion().Match(row.Cell) is { Success: true } needed ? Version.Parse(needed.Groups[1].Value) : null)),
    ];

    private static string Program(IReadOnlyList<(int Line, string[] Code, Version? Needs)> rows)
    {
        var text = new StringBuilder("using FaissSdk;\n\nfloat[] Random(int n, int seed)\n{\n    var random = new Random(seed);\n    return [.. Enumerable.Range(0, n * 32).Select(_ => random.NextSingle())];\n}\n\n");
        text.Append("void Run(int line, Action row)\n{\n    try\n    {\n        row();\n        Console.WriteLine($\"{line}\\tok\");\n    }\n    catch (Exception error)\n    {\n        Console.WriteLine($\"{line}\\t{error.GetType().Name}: {error.Message.ReplaceLineEndings(\" \")}\");\n    }\n}\n\n");
        foreach (var (line, code, _) in rows)
        {
            Assert.NotEmpty(code);
            var statements = string.Join("\n    ", code.Select(Statement));
            text.Append("Run(").Append(line).Append(", () =>\n{\n");
            foreach (var (name, declaration) in Variables)
            {
                if (Regex.IsMatch(statements, $@"(?<![\w.""]){name}(?![\w""])") && !Regex.IsMatch(statements, $@"(var|\[\]) {name}\b"))
                {
                    text.Append("    ").Append(declaration).Append('\n');
                }
            }

            text.Append("    ").Append(statements).Append("\n});\n");
        }

        return text.ToString();
    }

    // An expression that is not a statement by itself is discarded.
    private static string Statement(string code) =>
        code.EndsWith(';') ? code
        : SyntaxFactory.ParseExpression(code) is InvocationExpressionSyntax or AssignmentExpressionSyntax ? code + ";"
        : $"_ = {code};";

    [GeneratedRegex("`([^`]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"FAISS (\d+\.\d+\.\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex NeededVersion();
}
