using System.Text;

namespace FaissSdk.Generator.Tests;

public class DiffMutationTests
{
    public static TheoryData<string> Names => [.. Mutation.Supported.Select(mutation => mutation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Changes_are_reported_with_header_line_and_verdict(string name)
    {
        var mutation = Mutation.Supported.Single(mutation => mutation.Name == name);
        using var headers = new MutatedHeaders(mutation);
        var expected = new StringBuilder($"# C API from {headers.Original} to {headers.Mutated}\n\n{mutation.Counts.Added} functions added, {mutation.Counts.Removed} removed, {mutation.Counts.Changed} changed.\n\n**{mutation.Verdict}**\n\n## {mutation.Header}\n");
        Expect("Added", mutation.Added, headers.After);
        Expect("Removed", mutation.Removed, headers.Before);
        Expect("Changed", mutation.Changed, headers.After);
        Expect("Parameters renamed", mutation.Renamed, headers.After);

        var run = GeneratorRun.Of("diff", headers.Original, headers.Mutated).Succeeded();

        Assert.Equal(expected.ToString(), run.Output);

        void Expect(string kind, IReadOnlyList<Mutation.Message> messages, string header)
        {
            if (messages.Count > 0)
            {
                expected.Append($"\n{kind}:\n\n{string.Concat(messages.Select(message => $"- {message.Text} (line {message.Line(header)})\n"))}");
            }
        }
    }
}
