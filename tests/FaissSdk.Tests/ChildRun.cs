namespace FaissSdk.Tests;

/// <summary>How a scenario's process ended.</summary>
/// <param name="ExitCode">The exit code: 0 if the scenario returned, 1 if it threw, 128 + n after signal n; <see langword="null"/> if it did not return in time.</param>
/// <param name="Output">The text that it wrote, with its exception.</param>
internal sealed record ChildRun(int? ExitCode, string Output)
{
    /// <summary>Checks that the scenario returned.</summary>
    public void AssertReturned() => Assert.True(ExitCode == 0, $"{(ExitCode is { } code ? $"Exit code {code}" : "Not returned in time")}: …{Output[Math.Max(0, Output.Length - 2000)..]}");
}
