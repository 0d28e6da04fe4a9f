using System.Globalization;
using System.Reflection;

namespace FaissSdk.Cli;

/// <summary>Composes a self-contained page: styles, script and pictures are in it.</summary>
internal sealed class HtmlReport(string title, string summary)
{
    public static readonly string Style = Resource("report.css");
    private static readonly string Script = Resource("report.js");

    private readonly PageMarkup _facts = new();
    private readonly PageMarkup _sections = new();

    /// <summary>Adds a figure to the head of the page.</summary>
    public void AddFact(string name, string value) => _facts.Add($"<div><dt>{PageMarkup.Encode(name)}</dt><dd>{PageMarkup.Encode(value)}</dd></div>");

    /// <summary>Adds a section.</summary>
    /// <param name="heading">The heading.</param>
    /// <param name="text">What the section shows, in a sentence.</param>
    /// <param name="content">The content as HTML.</param>
    public void AddSection(string heading, string text, string content) =>
        _sections.Add($"<section><h2>{PageMarkup.Encode(heading)}</h2><p>{PageMarkup.Encode(text)}</p>\n{content}</section>");

    /// <summary>Returns a figure whose marks are named by pointer and arrow keys.</summary>
    public static string Explorable(string svg, string legend = "") =>
        $"<figure class=\"map\">{svg}<div class=\"tip\" hidden=\"\"></div><output class=\"sr\" aria-live=\"polite\"></output>{legend}</figure>";

    public static string Figure(string svg) => $"<figure>{svg}</figure>";

    /// <summary>Returns a table.</summary>
    /// <param name="caption">The name of the table for screen readers.</param>
    /// <param name="headings">The headings; one that begins with # is that of numbers.</param>
    /// <param name="rows">The cells as HTML.</param>
    /// <param name="chosen">The row to stress; -1 for none.</param>
    public static string Table(string caption, string[] headings, IEnumerable<string[]> rows, int chosen = -1)
    {
        var table = new PageMarkup();
        table.Add($"""<div class="scroll" tabindex="0" role="region" aria-label="{PageMarkup.Encode(caption)}"><table><thead><tr>""");
        table.AddAll(headings, heading => heading.StartsWith('#') ? (FormattableString)$"""<th scope="col" class="n">{PageMarkup.Encode(heading[1..])}</th>""" : $"""<th scope="col">{PageMarkup.Encode(heading)}</th>""");
        table.Add($"</tr></thead><tbody>");
        foreach (var (number, cells) in rows.Index())
        {
            table.Add($"<tr{(number == chosen ? " class=\"chosen\"" : "")}>{string.Concat(cells.Select((cell, i) => headings[i].StartsWith('#') ? $"<td class=\"n\">{cell}</td>" : $"<td>{cell}</td>"))}</tr>");
        }

        return table.Add($"</tbody></table></div>").ToString();
    }

    public static string Details(string summary, string content) => $"<details><summary>{PageMarkup.Encode(summary)}</summary>{content}</details>";

    public override string ToString()
    {
        var version = typeof(HtmlReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
        return new PageMarkup().Add($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
            <link rel="icon" href="data:,">
            <title>{PageMarkup.Encode(title)}</title>
            <style>
            {Style}</style>
            </head>
            <body>
            <main>
            <h1>{PageMarkup.Encode(title)}</h1>
            <p>{PageMarkup.Encode(summary)}</p>
            <dl class="facts">
            {_facts}</dl>
            {_sections}<footer>Written by faiss-sdk {PageMarkup.Encode(version)}</footer>
            </main>
            <script>
            {Script}</script>
            </body>
            </html>
            """).ToString();
    }

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The assembly has no resource {name}."));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
