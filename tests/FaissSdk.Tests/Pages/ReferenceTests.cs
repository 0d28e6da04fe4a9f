using System.Reflection;
using System.Text.RegularExpressions;

namespace FaissSdk.Tests.Pages;

/// <summary>Checks that what the prose of a page refers to exists: pages, files and public members.</summary>
public sealed partial class ReferenceTests
{
    private static readonly string[] Folders = ["bindings/", "generator/", "native/", "src/", "tests/"];

    private static readonly Dictionary<string, Type> Types = new[] { typeof(FaissIndex), typeof(KMeansOptions), typeof(FaissLibrary) }
        .SelectMany(type => type.Assembly.GetExportedTypes())
        .Where(type => type.Namespace == "FaissSdk" && !type.IsNested)
        .ToDictionary(type => type.Name);

    [Fact]
    public void Relative_links_resolve() => AssertNone(BrokenLinks);

    [Fact]
    public void Paths_in_code_spans_exist() => AssertNone(AbsentPaths);

    [Fact]
    public void Members_in_code_spans_are_public() => AssertNone(UnknownMembers);

    [Fact]
    public void The_changelog_describes_the_version()
    {
        var version = Version().Match(File.ReadAllText(Checkout.PathTo("Directory.Build.props"))).Groups["version"].Value;
        Assert.Contains($"\n## [{version}] - ", File.ReadAllText(Checkout.PathTo("CHANGELOG.md")));
    }

    [Fact]
    public void A_broken_reference_is_found()
    {
        var page = MarkdownPage.Parse("page.md", "# A title\n[a](README.md) [b](absent.md) [c](#a-title) [d](#absent) [e](https://example.org)\n`native/absent.c` `FaissIndex.Frobnicate` `FaissIndex.Search(queries, 5)`");
        Assert.Equal(["page.md:2: there is no absent.md", "page.md:2: there is no heading #absent"], BrokenLinks(page));
        Assert.Equal(["page.md:3: there is no native/absent.c"], AbsentPaths(page));
        Assert.Equal(["page.md:3: FaissIndex has no public member Frobnicate"], UnknownMembers(page));
    }

    private static void AssertNone(Func<MarkdownPage, IEnumerable<string>> find)
    {
        string[] faults = [.. MarkdownPage.All.SelectMany(find)];
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    private static IEnumerable<string> BrokenLinks(MarkdownPage page)
    {
        foreach (var (line, target) in page.Links().Where(link => !link.Target.Contains("://", StringComparison.Ordinal) && !link.Target.StartsWith("mailto:", StringComparison.Ordinal)))
        {
            var parts = target.Split('#');
            var path = parts[0] == "" ? page.Path : Path.GetRelativePath(".", Path.Combine(Path.GetDirectoryName(page.Path)!, parts[0])).Replace('\\', '/');
            if (parts[0] != "" && !Path.Exists(Checkout.PathTo(path)))
            {
                yield return $"{page.Path}:{line}: there is no {parts[0]}";
            }
            else if (parts.Length > 1 && !(path == page.Path ? page : MarkdownPage.Get(path)).Anchors().Contains(parts[1]))
            {
                yield return $"{page.Path}:{line}: there is no heading {target}";
            }
        }
    }

    // Build output is not in the repository, and a name with a wildcard or a variable is not a path.
    private static IEnumerable<string> AbsentPaths(MarkdownPage page) =>
        page.CodeSpans()
            .Where(span => Folders.Any(folder => span.Text.StartsWith(folder, StringComparison.Ordinal)) && PathOnly().IsMatch(span.Text) && !span.Text.StartsWith("native/runtimes", StringComparison.Ordinal))
            .Where(span => !Path.Exists(Checkout.PathTo(span.Text)))
            .Select(span => $"{page.Path}:{span.Line}: there is no {span.Text}");

    private static IEnumerable<string> UnknownMembers(MarkdownPage page) =>
        page.CodeSpans()
            .SelectMany(span => Member().Matches(span.Text).Select(match => (span.Line, Type: match.Groups["type"].Value, Name: match.Groups["member"].Value)))
            .Where(member => Types.TryGetValue(member.Type, out var type) && !MembersOf(type).Contains(member.Name))
            .Select(member => $"{page.Path}:{member.Line}: {member.Type} has no public member {member.Name}");

    private static IEnumerable<string> MembersOf(Type type) =>
        type.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.FlattenHierarchy).Select(member => member.Name);

    [GeneratedRegex("<Version>(?<version>.*)</Version>", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex(@"^[\w./-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex PathOnly();

    [GeneratedRegex(@"(?<![\w.])(?<type>[A-Z]\w+)\.(?<member>[A-Z]\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex Member();
}
