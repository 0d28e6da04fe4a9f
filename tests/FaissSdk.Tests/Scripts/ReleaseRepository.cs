using System.Diagnostics;

namespace FaissSdk.Tests.Scripts;

/// <summary>A git repository with a release that looks like one of FAISS, made by a test.</summary>
internal sealed class ReleaseRepository
{
    private ReleaseRepository(string path, string commit)
    {
        Path = path;
        Commit = commit;
    }

    public string Path { get; }

    public string Commit { get; }

    public string Address => "file://" + Path;

    /// <summary>Creates a repository with one commit and one annotated tag.</summary>
    public static async Task<ReleaseRepository> Create(TemporaryFolder folder, string version)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script runs on Linux.");
        Assert.SkipUnless(File.Exists("/usr/bin/git"), "git is missing.");
        var path = folder.CreateFolder("upstream");
        foreach (var part in (string[])["c_api", "cmake", "faiss"])
        {
            Directory.CreateDirectory(System.IO.Path.Combine(path, part));
            File.WriteAllText(System.IO.Path.Combine(path, part, "CMakeLists.txt"), $"# {part}\n");
        }

        File.WriteAllText(System.IO.Path.Combine(path, "CMakeLists.txt"), $"project(faiss\n  VERSION {version}\n  LANGUAGES CXX)\n");
        await Git(path, "init", "--quiet");
        await Git(path, "add", ".");
        await Git(path, "commit", "--quiet", "--message", "Release");
        await Git(path, "tag", "--annotate", "--message", "Release", "v" + version);
        return new ReleaseRepository(path, (await Git(path, "rev-parse", "HEAD")).Trim());
    }

    private static async Task<string> Git(string path, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", path, "-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false", .. arguments])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
