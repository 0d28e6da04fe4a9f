using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

public sealed class ReportTests : IDisposable
{
    private readonly ReportFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("kmeans", "Objective per iteration", "Sizes of clusters", "Map", "Clusters")]
    [InlineData("verify", "Checks", "Objective per iteration", "Sizes of clusters", "Map", "Clusters")]
    [InlineData("eval", "Recall against time", "Latencies", "All settings")]
    [InlineData("tune", "Recall against time", "All settings")]
    public void A_page_is_well_formed_and_needs_nothing_from_elsewhere(string command, params string[] headings)
    {
        var page = _files.Write(command);

        // Elements without an end and the script are the only differences to XML.
        var document = XDocument.Parse(Regex.Replace(Regex.Replace(page, "(?s)<script>.*</script>", ""), "<(meta|link)([^>]*)>", "<$1$2/>").Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));
        Assert.Equal(headings, document.Descendants("h2").Select(heading => heading.Value));
        Assert.DoesNotMatch("(src|href)\\s*=\\s*\"(?!data:,\")", page);
        Assert.DoesNotMatch("url\\(|@import|https?://(?!www\\.w3\\.org/2000/svg)", page);
        Assert.Single(document.Descendants("h1"));
        Assert.All(document.Descendants("svg").Where(svg => svg.Attribute("aria-hidden") is null), svg => Assert.NotEqual("", svg.Attribute("aria-label")?.Value ?? ""));
    }

    [Theory]
    [InlineData("kmeans")]
    [InlineData("verify")]
    [InlineData("eval")]
    [InlineData("tune")]
    public void A_picture_alone_is_a_document_of_its_own(string command)
    {
        _files.Write(command);

        var picture = XDocument.Load(_files.Plot);

        Assert.Equal("{http://www.w3.org/2000/svg}svg", picture.Root?.Name.ToString());
        Assert.Contains(picture.Descendants(), element => element.Name.LocalName == "style" && element.Value.Contains("prefers-color-scheme: dark", StringComparison.Ordinal));
    }

    [Fact]
    public void A_mark_names_its_point_and_its_cluster()
    {
        var page = _files.Write("kmeans");

        Assert.Matches("<title>point &lt;7&gt; &amp; more, cluster \\d+</title>", page);
        Assert.DoesNotContain("point <7>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Characters_that_xml_does_not_have_are_replaced()
    {
        var text = PageMarkup.Encode("a\0b\u001Bc\uFFFFd\uD800e\t<é日😀");

        Assert.Equal("a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\t<é日😀", XElement.Parse($"<t>{text}</t>").Value);
    }

    [Fact]
    public void Clusters_have_different_shapes()
    {
        var shapes = Enumerable.Range(0, ChartMark.Count + 1).Select(group => ChartMark.Draw(group, 0, 0, 5)).ToArray();

        Assert.Distinct(shapes);
    }

    [Fact]
    public void Names_are_as_many_as_points()
    {
        Tests.Native.Require();
        var names = _files.Folder.Write("few.txt", "a\nb\n");

        var run = CommandRun.Of("kmeans", "--input", _files.Base, "--clusters", "4", "--report", _files.Report, "--names", names);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("has 2 lines, and", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_files.Report));
    }

    [Theory]
    [InlineData(2, "--report: the folder", "--report", "absent/r.html")]
    [InlineData(2, "the extension '.pdf' is unknown, expected .html or .htm", "--report", "r.pdf")]
    [InlineData(2, "the extension '.png' is unknown, expected .svg", "--plot", "r.png")]
    [InlineData(2, "is a directory", "--report", "folder.html")]
    [InlineData(1, "is write-protected", "--report", "locked.html")]
    [InlineData(2, "is an input file or another output of this command", "--report", "r.html", "--names", "r.html")]
    [InlineData(2, "is an input file or another output of this command", "--plot", "c.svg", "--names", "c.svg")]
    public void A_path_that_cannot_be_written_is_refused_before_the_work(int exitCode, string expected, params string[] options)
    {
        Assert.SkipWhen(expected == "is write-protected" && (OperatingSystem.IsWindows() || Environment.UserName == "root"), "The superuser may write protected files.");
        _files.Folder.CreateFolder("folder.html");
        var locked = _files.Folder.Write("locked.html", "previous");
        File.SetAttributes(locked, FileAttributes.ReadOnly);

        var run = CommandRun.Of(["kmeans", "--input", _files.Base, "--clusters", "4", "--backend", "managed", .. options.Select(option => option[0] == '-' ? option : _files.Folder.File(option))]);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        File.SetAttributes(locked, FileAttributes.Normal);
    }

    [Theory]
    [InlineData("kmeans", "trainings")]
    [InlineData("verify", "checks")]
    [InlineData("eval", "settings")]
    [InlineData("tune", "settings")]
    public void Json_is_the_only_output(string command, string property)
    {
        var run = _files.Run(command, "--json");

        using var json = JsonDocument.Parse(run.Output);
        Assert.NotEqual(0, json.RootElement.GetProperty(property).GetArrayLength());
    }

    [Fact]
    public void Doctor_and_demo_write_json()
    {
        using var doctor = JsonDocument.Parse(CommandRun.Of("doctor", "--json").Output);
        Assert.Equal(FaissLibrary.IsAvailable, doctor.RootElement.GetProperty("works").GetBoolean());

        var docs = _files.Folder.CreateFolder("docs");
        File.WriteAllText(Path.Combine(docs, "a.xml"), "<doc><members><member name=\"T:A\"><summary>Compresses a stream.</summary></member><member name=\"T:B\"><summary>Reads a file.</summary></member></members></doc>");
        using var demo = JsonDocument.Parse(CommandRun.Of("demo", "--docs", docs, "--clusters", "2", "--query", "stream", "--json").Output);
        Assert.Equal("T:A", demo.RootElement.GetProperty("answers")[0].GetProperty("id").GetString());
    }
}
