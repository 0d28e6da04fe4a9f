using System.Globalization;
using FaissSdk.Cli;
using FaissSdk.Tests.Cli;

namespace FaissSdk.Tests.Pages;

/// <summary>Checks every command that a page shows, in shell blocks and in code spans.</summary>
public sealed class ShellBlockTests : IDisposable
{
    private static readonly string[] FileExtensions = [".fvecs", ".ivecs", ".npy", ".csv", ".txt", ".svg", ".html", ".fbin"];

    // Several pages show the same command, which runs once if it reads and writes no file.
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Lazy<CommandRun>> Runs = new();

    private readonly TemporaryFolder _folder = new();
    private readonly ShellChecker _checker;

    public ShellBlockTests() => _checker = new ShellChecker(_folder);

    public static TheoryData<string> Blocks => MarkdownPage.Names(block => block.IsShell);

    public void Dispose() => _folder.Dispose();

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Blocks))]
    public async Task A_shell_block_names_what_exists(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The scripts run on Linux.");
        var faults = await Faults(MarkdownPage.Block(name));
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Blocks))]
    public void A_command_of_a_block_runs(string name)
    {
        var block = MarkdownPage.Block(name);
        foreach (var command in ShellCommand.Parse(block.Text, block.Line))
        {
            // quickstart.sh builds, and passes its options to the demo.
            var arguments = command.Words[0] == "scripts/quickstart.sh" ? ["demo", .. command.Words.Skip(1)] : ShellChecker.CommandArguments(command.Words);
            if (arguments is null or [])
            {
                continue;
            }

            Assert.SkipUnless(Native.IsAvailable, Native.Missing);
            string[] actual = [.. arguments.Select((argument, i) => i > 0 && arguments[i - 1] == "--docs"
                ? Path.GetDirectoryName(DocumentationFolder.FindFiles(null)[0])!
                : WithFile(argument, i > 0 && arguments[i - 1] == "--input"))];
            var run = actual.SequenceEqual(arguments) ? Runs.GetOrAdd(string.Join('\0', actual), _ => new(() => CommandRun.Of(actual))).Value : CommandRun.Of(actual);
            Assert.True(run.ExitCode == 0, $"{block.Page}:{command.Line}: faiss-sdk {string.Join(' ', arguments)} ends with {run.ExitCode}: {run.Error}");
        }
    }

    [Fact]
    public async Task Commands_in_code_spans_name_what_exists()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The scripts run on Linux.");
        var faults = new List<string>();
        foreach (var page in MarkdownPage.All)
        {
            foreach (var (line, text) in page.CodeSpans().Where(span => span.Text.StartsWith("scripts/", StringComparison.Ordinal) || span.Text.StartsWith("faiss-sdk ", StringComparison.Ordinal)))
            {
                foreach (var command in ShellCommand.Parse(text, line).Where(command => !command.Words[0].EndsWith('/') && !text.Contains('<')))
                {
                    if (await _checker.Check(command.Words) is { } fault)
                    {
                        faults.Add($"{page.Path}:{line}: {fault}");
                    }
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory]
    [InlineData("scripts/absent.sh", "there is no scripts/absent.sh")]
    [InlineData("scripts/test.sh --cases 3 --frob 1", "scripts/test.sh has no option --frob")]
    [InlineData("scripts/quickstart.sh --frob", "faiss-sdk demo has no option --frob")]
    [InlineData("faiss-sdk frob", "faiss-sdk has no command frob")]
    [InlineData("faiss-sdk kmeans --inputs a.fvecs  # remark", "faiss-sdk kmeans has no option --inputs")]
    [InlineData("A=1 dotnet run --project src/FaissSdk.Cli -- kmeans --frob", "faiss-sdk kmeans has no option --frob")]
    [InlineData("dotnet run --project src/Absent", "there is no project src/Absent")]
    [InlineData("dotnet run --project generator -- verify --frob", "the generator has no --frob")]
    [InlineData("dotnet add package FaissSdk.Absent", "there is no package FaissSdk.Absent")]
    [InlineData("dotnet publish -p:FaissSdkAbsent=true", "there is no property FaissSdkAbsent")]
    [InlineData("cc native/absent.c -o absent", "there is no native/absent.c")]
    [InlineData("frob a && scripts/test.sh", "the command frob is unknown to the tests of the pages")]
    public async Task A_wrong_command_is_found(string text, string fault)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The scripts run on Linux.");
        var page = MarkdownPage.Parse("page.md", $"```sh\n{text}\n```\n");
        Assert.Equal([$"page.md:2: {fault}"], await Faults(Assert.Single(page.Blocks)));
    }

    private async Task<List<string>> Faults(MarkdownBlock block)
    {
        var faults = new List<string>();
        foreach (var command in ShellCommand.Parse(block.Text, block.Line))
        {
            if (await _checker.Check(command.Words) is { } fault)
            {
                faults.Add($"{block.Page}:{command.Line}: {fault}");
            }
        }

        return faults;
    }

    // The vectors that a page reads are created here, and outputs are written here.
    private string WithFile(string argument, bool isInput)
    {
        if (argument is "notes.txt" or "ids.txt" or "names.txt")
        {
            return _folder.Write(argument, string.Join('\n', Enumerable.Range(0, 1500).Select(i => argument == "ids.txt" ? i.ToString(CultureInfo.InvariantCulture) : $"Compress stream {i}")));
        }

        if (argument == "notes.faiss")
        {
            CommandRun.Of("build", WithFile("notes.txt", isInput: true), _folder.File(argument), "--text");
            return _folder.File(argument);
        }

        if (argument is "base.fvecs" or "queries.fvecs" or "truth.ivecs")
        {
            return InputOfTuning(argument);
        }

        if (Path.GetExtension(argument) == ".faiss")
        {
            var path = _folder.File(Path.GetFileName(argument));
            using var index = new IndexFlatL2(4);
            index.Add(TestData.Uniform(1500, 4));
            index.Save(path);
            return path;
        }

        if (!FileExtensions.Contains(Path.GetExtension(argument)))
        {
            return argument;
        }

        if (!isInput)
        {
            return _folder.File(Path.GetFileName(argument));
        }

        var random = new Random(1);
        return _folder.Write("input.csv", string.Join('\n', Enumerable.Range(0, 1500).Select(_ =>
            string.Join(',', Enumerable.Range(0, 4).Select(_ => random.NextSingle().ToString(CultureInfo.InvariantCulture))))));
    }

    private string InputOfTuning(string name)
    {
        var (path, vectors, queries) = (_folder.File(name), TestData.Uniform(1500, 4), TestData.Uniform(50, 4, seed: 2));
        if (name == "truth.ivecs")
        {
            using var index = new IndexFlatL2(4);
            index.Add(vectors);
            using var writer = new BinaryWriter(File.Create(path));
            foreach (var row in index.Search(queries, 10))
            {
                writer.Write(row.Count);
                foreach (var neighbor in row)
                {
                    writer.Write((int)neighbor.Id);
                }
            }

            return path;
        }

        VectorFile.Write(path, name == "base.fvecs" ? vectors : queries, 4);
        return path;
    }
}
