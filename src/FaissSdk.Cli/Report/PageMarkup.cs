using System.Globalization;
using System.Net;
using System.Text;

namespace FaissSdk.Cli;

/// <summary>Collects HTML and SVG: text in it is encoded, numbers are formatted for any culture.</summary>
internal sealed class PageMarkup
{
    private readonly StringBuilder _text = new();

    public static string Encode(string text) => WebUtility.HtmlEncode(string.Create(text.Length, text, static (characters, source) =>
    {
        for (var i = 0; i < characters.Length; i++)
        {
            // XML 1.0 has no form for the others, not even an escape.
            characters[i] = source[i] is (< ' ' and not ('\t' or '\n' or '\r')) or '\uFFFE' or '\uFFFF' ? '\uFFFD' : source[i];
        }
    }));

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Adds markup; the values in it are numbers, or encoded already.</summary>
    public PageMarkup Add(FormattableString markup)
    {
        _text.AppendLine(markup.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    public PageMarkup AddAll<T>(IEnumerable<T> items, Func<T, FormattableString> markup)
    {
        foreach (var item in items)
        {
            Add(markup(item));
        }

        return this;
    }

    public override string ToString() => _text.ToString();
}
