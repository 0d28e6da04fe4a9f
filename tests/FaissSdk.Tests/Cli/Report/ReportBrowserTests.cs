using System.Globalization;
using System.Text.Json.Nodes;

namespace FaissSdk.Tests.Cli;

/// <summary>Opens reports in a browser, and uses them as readers do.</summary>
public sealed class ReportBrowserTests : IDisposable
{
    private const string Missing = "There is no Chromium: scripts/test.sh installs Debian's package chromium where that needs no password; CHROMIUM names another one.";

    private readonly ReportFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("kmeans")]
    [InlineData("verify")]
    [InlineData("eval")]
    [InlineData("tune")]
    public async Task A_report_works_in_a_browser(string command)
    {
        Assert.SkipWhen(Browser.Program is null, Missing);
        _files.Write(command);
        await using var browser = await Browser.Start(_files.Folder);
        await browser.SetWidth(1000);
        await browser.Open(_files.Report);

        await CheckColors(browser, command, "light");
        await CheckColors(browser, command, "dark");
        await CheckKeyboard(browser);
        await CheckPointer(browser, command);
        await CheckWidths(browser);
        Assert.Empty(browser.Complaints);
        Assert.Equal([new Uri(_files.Report).AbsoluteUri], browser.Requests.Where(address => !address.StartsWith("data:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_button_shows_a_cluster_alone()
    {
        Assert.SkipWhen(Browser.Program is null, Missing);
        _files.Write("kmeans");
        await using var browser = await Browser.Start(_files.Folder);
        await browser.Open(_files.Report);

        await browser.Evaluate("document.querySelectorAll('.legend button')[1].focus()");
        await browser.Press("Enter");

        Assert.Equal("true", await browser.Evaluate<string>("document.activeElement.getAttribute('aria-pressed')"));
        Assert.Equal("1", await Visible());
        await browser.Press(" ");
        Assert.Equal("false", await browser.Evaluate<string>("document.activeElement.getAttribute('aria-pressed')"));
        Assert.Equal("0,1,2,3,4,5,6,7,8", await Visible());
        Assert.Empty(browser.Complaints);

        Task<string> Visible() => browser.Evaluate<string>("[...document.querySelectorAll('.points')].filter(group => getComputedStyle(group).opacity > 0.5).map(group => group.dataset.group).sort().join()");
    }

    [Fact]
    public async Task A_report_is_readable_without_scripts()
    {
        Assert.SkipWhen(Browser.Program is null, Missing);
        _files.Write("kmeans");
        await using var browser = await Browser.Start(_files.Folder);
        await browser.Send("Emulation.setScriptExecutionDisabled", new JsonObject { ["value"] = true });
        await browser.Open(_files.Report);

        Assert.Equal(600, await browser.Evaluate<int>("document.querySelectorAll('figure.map [data-x] title').length"));
        Assert.Equal(12, await browser.Evaluate<int>("document.querySelectorAll('section:last-of-type tbody tr').length"));
    }

    // W3C's contrast: 4.5 for text, 3 for the marks of charts.
    private static async Task CheckColors(Browser browser, string command, string scheme)
    {
        await browser.SetScheme(scheme);
        var background = Luminance(await Color("section", "backgroundColor"));
        Assert.True(scheme == "dark" ? background < 0.1 : background > 0.8, $"The background has a luminance of {background} in {scheme}.");
        foreach (var text in (string[])["h1", "h2", "section p", "th", "td", "svg text", "svg .soft", "summary", ".legend button"])
        {
            if (await browser.Evaluate<bool>($"document.querySelector('{text}') !== null"))
            {
                Assert.InRange(Contrast(Luminance(await Color(text, text.StartsWith("svg", StringComparison.Ordinal) ? "fill" : "color")), background), 4.5, 21);
            }
        }

        var marks = (await browser.Evaluate("[...new Set([...document.querySelectorAll('g.m:not(.mr)')].map(mark => getComputedStyle(mark).color))]"))!.AsArray();
        Assert.NotEmpty(marks);
        Assert.All(marks, color => Assert.InRange(Contrast(Luminance(color!.GetValue<string>()), background), 3, 21));

        var picture = await browser.Capture();
        Assert.InRange(picture.Length, 10_000, int.MaxValue);
        if (Environment.GetEnvironmentVariable("FAISS_SDK_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{command}-{scheme}.png"), picture);
        }

        Task<string> Color(string selector, string property) => browser.Evaluate<string>($"getComputedStyle(document.querySelector('{selector}')).{property}");
    }

    private static async Task CheckKeyboard(Browser browser)
    {
        // Everything that reacts to a pointer can be reached by Tab, and shows that it is.
        var reachable = await browser.Evaluate<int>("document.querySelectorAll('button, summary, svg[tabindex], .scroll').length");
        await browser.Evaluate("window.reached = new Set()");
        var hidden = await browser.Evaluate<int>("document.querySelectorAll('details:not([open]) .scroll').length");
        for (var i = 0; i < reachable - hidden; i++)
        {
            await browser.Press("Tab");
            var state = await browser.Evaluate<string>("(element => (window.reached.add(element), element.tagName + ' ' + getComputedStyle(element).outlineStyle))(document.activeElement)");
            Assert.DoesNotContain("none", state, StringComparison.Ordinal);
        }

        Assert.Equal(reachable - hidden, await browser.Evaluate<int>("window.reached.size"));

        // The arrow keys go from mark to mark, and a screen reader reads the name of each.
        await browser.Evaluate("document.querySelector('figure.map svg[tabindex]').focus()");
        var names = new HashSet<string>();
        foreach (var key in (string[])["ArrowLeft", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp"])
        {
            await browser.Press(key);
            names.Add(await browser.Evaluate<string>("document.querySelector('figure.map output').textContent"));
            Assert.False(await browser.Evaluate<bool>("document.querySelector('.tip').hidden"));
        }

        Assert.InRange(names.Count, 2, 5);
        await browser.Press("Escape");
        Assert.True(await browser.Evaluate<bool>("document.querySelector('.tip').hidden"));
    }

    private static async Task CheckPointer(Browser browser, string command)
    {
        var place = (await browser.Evaluate("(box => [box.x + box.width / 2, box.y + box.height / 2])((document.querySelector('figure.map').scrollIntoView(), document.querySelector('figure.map [data-x]').getBoundingClientRect()))"))!.AsArray();
        await browser.Point(place[0]!.GetValue<double>(), place[1]!.GetValue<double>());

        Assert.Matches(command is "kmeans" or "verify" ? @"^point <\d+> & more, cluster \d+$" : @"^nprobe=\d+: recall [01]\.\d{4}, .* µs per query$", await browser.Evaluate<string>("document.querySelector('.tip').hidden ? '' : document.querySelector('.tip').textContent"));
        var inside = await browser.Evaluate<bool>("(tip => tip.left >= 0 && tip.right <= innerWidth)(document.querySelector('.tip').getBoundingClientRect())");
        Assert.True(inside, "The name of the mark is cut off.");
    }

    private static async Task CheckWidths(Browser browser)
    {
        foreach (var width in (int[])[320, 768, 1600])
        {
            await browser.SetWidth(width);
            Assert.InRange(await browser.Evaluate<int>("document.documentElement.scrollWidth"), 1, width);
        }
    }

    private static double Contrast(double one, double other) => (Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05);

    private static double Luminance(string color)
    {
        var parts = color[(color.IndexOf('(', StringComparison.Ordinal) + 1)..^1].Split(',').Take(3)
            .Select(part => double.Parse(part, CultureInfo.InvariantCulture) / 255)
            .Select(part => part <= 0.03928 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4))
            .ToArray();
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }
}
