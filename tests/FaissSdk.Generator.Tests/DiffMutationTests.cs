using System.Text;

namespace FaissSdk.Generator.Tests;

public class DiffMutationTests
{
    public static TheoryData<string> Names => [.. Mutation.Known.Select(mutation => mutation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_changed_is_told_with_header_line_and_verdict(string name)
    {
        var mutation = Mutation.Known.Single(mutation => mutation.Name == name);
        using var headers = new MutatedHeaders(mutation);
        var expected = new StringBuilder($"# C API from {headers.Original} to {headers.Mutated}\n\n{mutation.Counts.Added} functions added, {mutation.Counts.Removed} removed, {mutation.Counts.Changed} changed.\n\n**{mutation.Verdict}**\n\n## {mutation.Header}\n");
        Tell("Added", mutation.Added, headers.After);
        Tell("Removed", mutation.Removed, headers.Before);
        Tell("Changed", mutation.Changed, headers.After);
        Tell("Parameters renamed", mutation.Renamed, headers.After);

        var run = GeneratorRun.Of("diff", headers.Original, headers.Mutated).Succeeded();

        Assert.Equal(expected.ToString(), run.Output);

        void Tell(string kind, IReadOnlyList<Mutation.Said> said, string header)
        {
            if (said.Count > 0)
            {
                expected.Append($"\n{kind}:\n\n{string.Concat(said.Select(one => $"- {one.Text} (line {one.Line(header)})\n"))}");
            }
        }
    }
}
