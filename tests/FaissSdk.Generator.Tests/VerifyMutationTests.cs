namespace FaissSdk.Generator.Tests;

public class VerifyMutationTests
{
    public static TheoryData<string> Names => [.. Mutation.Supported.Select(mutation => mutation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Faults_are_reported_with_header_and_line(string name)
    {
        var mutation = Mutation.Supported.Single(mutation => mutation.Name == name);
        using var headers = new MutatedHeaders(mutation);

        var run = GeneratorRun.Of("verify", "--headers", headers.Mutated, "--assembly", Interop.Assembly, "--history", Interop.History);

        Assert.Equal(mutation.Faults.Select(fault => $"fault: {mutation.Header}:{fault.Line(headers.After)}: {fault.Text}"), run.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(mutation.Faults.Count == 0 ? 0 : 1, run.ExitCode);
        Assert.StartsWith(mutation.Faults.Count == 0 ? "verified: " : $"NOT verified: {mutation.Faults.Count} faults", run.Output, StringComparison.Ordinal);
    }
}
