namespace FaissSdk.Tests.Pages;

/// <summary>A fenced block of a Markdown page.</summary>
/// <param name="Page">The path of the page in the repository.</param>
/// <param name="Line">The number of the first line inside the fence.</param>
/// <param name="Language">The word after the opening fence.</param>
/// <param name="Text">The lines between the fences.</param>
/// <param name="Directives">The <c>name: value</c> pairs of the HTML comment before the fence.</param>
internal sealed record MarkdownBlock(string Page, int Line, string Language, string Text, IReadOnlyDictionary<string, string> Directives)
{
    public bool IsCSharp => Language is "csharp" or "c#" or "cs";

    public bool IsShell => Language is "sh" or "bash" or "shell";

    public override string ToString() => $"{Page}:{Line}";
}
