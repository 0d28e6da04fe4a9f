using FaissSdk.Tests.Cli;

namespace FaissSdk.Tests.Pages;

/// <summary>Compiles and runs every C# block of every page, except those that name a file of another project that compiles them.</summary>
public sealed class CSharpBlockTests(SnippetFolder programs) : IClassFixture<SnippetFolder>
{
    private const string CompiledElsewhere = "compiled";

    public static TheoryData<string> Blocks => MarkdownPage.Names(block => block.IsCSharp && !block.Directives.ContainsKey(CompiledElsewhere));

    public static TheoryData<string> OtherBlocks => MarkdownPage.Names(block => block.IsCSharp && block.Directives.ContainsKey(CompiledElsewhere));

    [Theory]
    [MemberData(nameof(OtherBlocks))]
    public void A_block_that_is_compiled_elsewhere_stands_there(string name)
    {
        var block = MarkdownPage.Block(name);
        Assert.Contains(Words(block.Text), Words(File.ReadAllText(Checkout.PathTo(block.Directives[CompiledElsewhere]))), StringComparison.Ordinal);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Blocks))]
    public async Task A_CSharp_block_compiles_and_runs(string name)
    {
        var block = MarkdownPage.Block(name);
        var program = programs.Next();
        var errors = CSharpBlock.Compile(block, Preambles, program);
        Assert.True(errors.Count == 0, $"{name} does not compile:\n{string.Join('\n', errors)}");
        Check(block, await programs.Run(program));
    }

    [Fact]
    public void A_compiler_error_names_page_and_line()
    {
        var page = MarkdownPage.Parse("page.md", "# Title\n\n<!-- preamble: vectors -->\n```csharp\nindex.Add(vectors);\nindex.Frobnicate();\n```\n");
        var errors = CSharpBlock.Compile(Assert.Single(page.Blocks), Preambles, programs.Next());
        var error = Assert.Single(errors, text => text.Contains("Frobnicate", StringComparison.Ordinal));
        Assert.StartsWith("page.md(6,7): error CS1061", error);
    }

    [Fact]
    public async Task An_exception_of_a_block_names_page_and_line()
    {
        var page = MarkdownPage.Parse("page.md", "```csharp\nConsole.WriteLine(1);\nthrow new InvalidOperationException(\"broken\");\n```\n");
        var program = programs.Next();
        Assert.Empty(CSharpBlock.Compile(Assert.Single(page.Blocks), Preambles, program));
        var run = await programs.Run(program);
        var fault = Assert.ThrowsAny<Exception>(() => Check(page.Blocks[0], run));
        Assert.Contains("page.md:2 fails", fault.Message);
        Assert.Contains("page.md:line 3", fault.Message);
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Preambles => Checkout.PathTo("tests/FaissSdk.Tests/Pages/Preambles");

    private static void Check(MarkdownBlock block, CommandRun run)
    {
        Assert.SkipWhen(!Native.IsAvailable && run.Error.Contains(nameof(FaissLibraryException), StringComparison.Ordinal), Native.Missing);
        if (Native.IsAvailable && block.Directives.TryGetValue("faiss", out var version) && IsLoadedOlderThan(Version.Parse(version)))
        {
            // The version that a page names is the one that the exception names.
            Assert.True(run.ExitCode != 0, $"{block} runs on FAISS {FaissLibrary.Info.Version}, though its comment says {version}.");
            Assert.Contains(nameof(NotSupportedException), run.Error);
            Assert.Contains(version, run.Error);
            return;
        }

        Assert.True(run.ExitCode == 0, $"{block} fails:\n{run.Error}\n{run.Output}");
        if (MarkdownPage.All.FirstOrDefault(page => page.Path == block.Page)?.Blocks.SkipWhile(other => other != block).ElementAtOrDefault(1) is { } next
            && next.Directives.ContainsKey("output"))
        {
            Assert.Equal(next.Text.Trim(), run.Output.Trim());
        }
    }

    private static bool IsLoadedOlderThan(Version version) => !FaissLibrary.IsAtLeast(version.Major, version.Minor, version.Build);
}
