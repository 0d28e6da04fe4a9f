namespace FaissSdk.Tests.Cli;

public sealed class DemoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DemoTests()
    {
        string[] things = ["file", "stream", "directory", "socket"];
        string[] actions = ["Opens", "Reads", "Writes", "Closes", "Copies", "Locks", "Counts"];

        // Each word occurs in a different number of members, because equal weights would put points between two centroids.
        var members = string.Concat(
            from i in Enumerable.Range(0, things.Length)
            let thing = things[i]
            from action in actions.Take(4 + i)
            select $"""<member name="M:Demo.{char.ToUpperInvariant(thing[0])}{thing[1..]}.{action}(System.String)"><summary>{action} the {thing}.</summary></member>""");
        _folder.Write("demo.xml", $"<doc><members>{members}</members></doc>");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_query_finds_the_member_it_describes()
    {
        var run = CommandRun.Of("demo", "--docs", _folder.Path, "--clusters", "4", "--backend", "managed", "--query", "opens a socket");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var answers = run.Output[run.Output.IndexOf("nearest to \"", StringComparison.Ordinal)..];
        Assert.Contains("Socket.Opens(String)", answers.Split('\n').First(line => line.Contains("(String)", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Both_backends_agree_on_the_documentation()
    {
        Native.Require();

        var run = CommandRun.Of("demo", "--docs", _folder.Path, "--clusters", "4");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("same initial centroids", run.Output, StringComparison.Ordinal);
        Assert.Contains("verdict: the backends agree", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Clusters_show_words_and_members()
    {
        var run = CommandRun.Of("demo", "--docs", _folder.Path, "--clusters", "4", "--backend", "managed");

        Assert.Contains("typical words", run.Output, StringComparison.Ordinal);
        Assert.Contains("file", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_runs_print_the_same_clusters_and_answers()
    {
        static string WithoutTimes(CommandRun run) => run.Output[run.Output.IndexOf("clusters with the members", StringComparison.Ordinal)..];
        string[] arguments = ["demo", "--docs", _folder.Path, "--clusters", "3", "--backend", "managed"];

        Assert.Equal(WithoutTimes(CommandRun.Of(arguments)), WithoutTimes(CommandRun.Of(arguments)));
    }

    [Fact]
    public void A_query_of_unknown_words_is_refused()
    {
        var run = CommandRun.Of("demo", "--docs", _folder.Path, "--clusters", "3", "--query", "zzyzx");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("'zzyzx'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void More_clusters_than_members_is_refused()
    {
        var run = CommandRun.Of("demo", "--docs", _folder.Path, "--clusters", "23", "--backend", "managed", "--query", "file");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--clusters is 23, but the documentation has only 22 members", run.Error, StringComparison.Ordinal);
    }
}
