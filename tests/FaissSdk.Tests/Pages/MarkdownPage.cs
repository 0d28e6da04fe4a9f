using System.Text.RegularExpressions;

namespace FaissSdk.Tests.Pages;

/// <summary>A Markdown page of the repository, split into fenced blocks and prose.</summary>
internal sealed partial class MarkdownPage
{
    private static readonly Lazy<IReadOnlyList<MarkdownPage>> Pages = new(ReadAll);

    private MarkdownPage(string path, string[] lines)
    {
        Path = path;
        (Blocks, Prose) = Split(path, lines);
    }

    /// <summary>All pages of the repository; none if the tests do not run in a checkout.</summary>
    public static IReadOnlyList<MarkdownPage> All => Pages.Value;

    /// <summary>The path in the repository, with slashes.</summary>
    public string Path { get; }

    public IReadOnlyList<MarkdownBlock> Blocks { get; }

    /// <summary>The lines outside of fenced blocks with their numbers.</summary>
    public IReadOnlyList<(int Number, string Text)> Prose { get; }

    public static MarkdownPage Parse(string path, string text) => new(path, text.Split('\n'));

    public static MarkdownPage Get(string path) => All.Single(page => page.Path == path);

    /// <summary>Finds a block by the text of <see cref="MarkdownBlock.ToString"/>.</summary>
    public static MarkdownBlock Block(string name) => All.SelectMany(page => page.Blocks).Single(block => block.ToString() == name);

    public static TheoryData<string> Names(Func<MarkdownBlock, bool> condition) =>
        [.. All.SelectMany(page => page.Blocks).Where(condition).Select(block => block.ToString())];

    /// <summary>Finds the code spans of the prose.</summary>
    public IEnumerable<(int Line, string Text)> CodeSpans() =>
        Prose.SelectMany(line => CodeSpan().Matches(line.Text).Select(match => (line.Number, match.Groups["code"].Value.Trim())));

    /// <summary>Finds the targets of the links of the prose.</summary>
    public IEnumerable<(int Line, string Target)> Links() =>
        Prose.SelectMany(line => Link().Matches(CodeSpan().Replace(line.Text, "")).Select(match => (line.Number, match.Groups["target"].Value)));

    /// <summary>Finds the anchors of the headings as repository hosts form them.</summary>
    public IEnumerable<string> Anchors() =>
        Prose.Where(line => line.Text.StartsWith('#')).Select(line => NotInAnchor().Replace(line.Text.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static List<MarkdownPage> ReadAll()
    {
        var root = Checkout.Root;
        return root is null
            ? []
            : [.. Files(root)
                .Select(file => (Path: System.IO.Path.GetRelativePath(root.FullName, file).Replace('\\', '/'), File: file))
                .OrderBy(file => file.Path, StringComparer.Ordinal)
                .Select(file => new MarkdownPage(file.Path, File.ReadAllLines(file.File)))];
    }

    // Build output and caches hold pages of others.
    private static IEnumerable<string> Files(DirectoryInfo folder) =>
        folder.EnumerateFiles("*.md").Select(file => file.FullName)
            .Concat(folder.EnumerateDirectories()
                .Where(inner => inner.LinkTarget is null && !inner.Name.StartsWith('.') && inner.Name is not ("bin" or "obj" or "runtimes" or "node_modules" or "BenchmarkDotNet.Artifacts"))
                .SelectMany(Files));

    private static (List<MarkdownBlock> Blocks, List<(int Number, string Text)> Prose) Split(string path, string[] lines)
    {
        var blocks = new List<MarkdownBlock>();
        var prose = new List<(int, string)>();
        for (var i = 0; i < lines.Length; i++)
        {
            var fence = Fence().Match(lines[i]);
            if (!fence.Success)
            {
                prose.Add((i + 1, lines[i]));
                continue;
            }

            var start = i + 1;
            var end = Array.FindIndex(lines, start, line => line.Trim() == "```");
            Assert.True(end >= 0, $"{path}:{start}: the block is not closed.");
            var before = i > 0 ? lines[i - 1] : "";
            var directives = before.StartsWith("<!--", StringComparison.Ordinal)
                ? Directive().Matches(before).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value)
                : [];
            blocks.Add(new MarkdownBlock(path, start + 1, fence.Groups["language"].Value, string.Join('\n', lines[start..end]), directives));
            i = end;
        }

        return (blocks, prose);
    }

    [GeneratedRegex(@"^\s*```(?<language>[\w#+-]*)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Fence();

    [GeneratedRegex(@"(?<name>\w+):\s*(?<value>[\w./\-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Directive();

    [GeneratedRegex(@"(?<ticks>`+)(?<code>.+?)\k<ticks>(?!`)", RegexOptions.CultureInvariant)]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]", RegexOptions.CultureInvariant)]
    private static partial Regex NotInAnchor();
}
