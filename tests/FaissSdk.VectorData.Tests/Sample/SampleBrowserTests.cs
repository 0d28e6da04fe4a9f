using FaissSdk.Tests.Cli;

namespace FaissSdk.VectorData.Tests;

/// <summary>Opens the page of the sample in a browser, and uses it as a reader does.</summary>
public sealed class SampleBrowserTests(RunningSample sample) : IClassFixture<RunningSample>
{
    [Fact]
    public async Task The_page_searches_by_the_keyboard_alone()
    {
        await using var opened = await OpenPage();
        var browser = opened.Browser;

        // The query has the focus at the start.
        Assert.Equal("query", await browser.Evaluate<string>("document.activeElement.id"));
        await Type(browser, "add an item to a collection");
        await browser.Press("Enter");
        await Until(browser, "document.querySelectorAll('#results li').length === 10");
        Assert.Contains("10 found in", await browser.Evaluate<string>("document.getElementById('state').textContent"), StringComparison.Ordinal);
        Assert.True(await browser.Evaluate<int>("document.querySelectorAll('#results mark').length") > 0);

        // Button, mode, namespace and kind, in this order.
        var reached = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            await browser.Press("Tab");
            reached.Add(await browser.Evaluate<string>("document.activeElement.name || document.activeElement.tagName"));
        }

        Assert.Equal(["BUTTON", "mode", "space", "kind"], reached);

        // The namespace filters as soon as it is left, and the slash goes back to the query.
        await browser.Evaluate("document.querySelector('[name=space]').focus()");
        await Type(browser, "System.Collections.Concurrent");
        await browser.Press("Enter");
        await Until(browser, "[...document.querySelectorAll('#results .where')].every(where => where.textContent.endsWith('in System.Collections.Concurrent')) && document.querySelectorAll('#results li').length === 10");
        await browser.Evaluate("document.activeElement.blur()");
        await browser.Send("Input.dispatchKeyEvent", new() { ["type"] = "keyDown", ["key"] = "/", ["code"] = "Slash", ["text"] = "/", ["windowsVirtualKeyCode"] = 191 });
        Assert.Equal("query", await browser.Evaluate<string>("document.activeElement.id"));

        Assert.Empty(browser.Complaints);
        Assert.All(browser.Requests, address => Assert.True(address.StartsWith(sample.Address.AbsoluteUri, StringComparison.Ordinal) || address.StartsWith("data:", StringComparison.Ordinal), address));
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task Texts_have_contrast(string scheme)
    {
        await using var opened = await OpenPage();
        await opened.Browser.SetScheme(scheme);
        await Type(opened.Browser, "collection");
        await opened.Browser.Press("Enter");
        await Until(opened.Browser, "document.querySelectorAll('#results li').length === 10");

        // The contrast of every text with its background, as W3C defines it.
        var worst = await opened.Browser.Evaluate<double>("""
            (() => {
              const parse = color => color.match(/[\d.]+/g).map(Number);
              const luminance = color => parse(color).slice(0, 3).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
              const behind = element => { for (; element; element = element.parentElement) { const color = getComputedStyle(element).backgroundColor; if (parse(color)[3] !== 0) return color; } return 'rgb(255, 255, 255)'; };
              return Math.min(...[...document.querySelectorAll('h1, h2, p, label, legend, button, input, select, mark')].filter(e => e.textContent || e.value).map(e => {
                const [a, b] = [luminance(getComputedStyle(e).color), luminance(behind(e))].sort((x, y) => y - x);
                return (a + 0.05) / (b + 0.05);
              }));
            })()
            """);
        Assert.True(worst >= 4.5, $"A text has a contrast of {worst:F2} in {scheme}.");
        var background = await opened.Browser.Evaluate<string>("getComputedStyle(document.body).backgroundColor");
        Assert.Equal(scheme == "dark", background is "rgb(22, 24, 27)");
    }

    [Fact]
    public async Task A_narrow_page_needs_no_scrolling_aside()
    {
        await using var opened = await OpenPage();
        await opened.Browser.SetWidth(360);
        await Type(opened.Browser, "collection");
        await opened.Browser.Press("Enter");
        await Until(opened.Browser, "document.querySelectorAll('#results li').length === 10");
        Assert.True(await opened.Browser.Evaluate<int>("document.documentElement.scrollWidth") <= 360);
    }

    [Fact]
    public async Task A_search_has_an_address()
    {
        await using var opened = await OpenPage("#query=blocking+collection&mode=meaning&space=System.Collections.Concurrent&kind=method");
        await Until(opened.Browser, "document.querySelectorAll('#results li').length === 10");
        Assert.True(await opened.Browser.Evaluate<bool>("[...document.querySelectorAll('#results .where')].every(where => where.textContent === 'method in System.Collections.Concurrent')"));
        Assert.Equal("meaning", await opened.Browser.Evaluate<string>("document.querySelector('[name=mode]:checked').value"));
    }

    private async Task<OpenedPage> OpenPage(string fragment = "")
    {
        Assert.SkipUnless(FaissLibrary.IsAvailable, "There is no native FAISS library, and the sample uses a graph.");
        Assert.SkipWhen(Browser.Program is null, "There is no Chromium: scripts/test.sh installs Debian's package chromium where that needs no password; CHROMIUM names another one.");
        var folder = new TemporaryFolder();
        var browser = await Browser.Start(folder);
        await browser.Open(sample.Address.AbsoluteUri + fragment);

        // An element with autofocus gets the focus before the next frame, which may come after the page is loaded.
        await Until(browser, "document.hasFocus() && document.activeElement.id === 'query'");
        return new OpenedPage(browser, folder);
    }

    private static async Task Type(Browser browser, string text) => await browser.Send("Input.insertText", new() { ["text"] = text });

    private static async Task Until(Browser browser, string condition)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await browser.Evaluate<bool>(condition))
            {
                return;
            }

            await Task.Delay(50);
        }

        Assert.Fail($"Not within 10 s: {condition}; query '{await browser.Evaluate<string>("document.getElementById('query').value")}', state '{await browser.Evaluate<string>("document.getElementById('state').textContent")}'.");
    }

    private sealed record OpenedPage(Browser Browser, TemporaryFolder Folder) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Browser.DisposeAsync();
            Folder.Dispose();
        }
    }
}
