using System.Diagnostics;

namespace FaissSdk.Tests.Scripts;

/// <summary>What scripts/build-native.sh says to what it cannot use; each ends before anything is installed or built.</summary>
public sealed class BuildNativeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("faiss-sdk-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task An_unknown_option_is_named() => await Refused(2, "unknown option --frob", "--frob");

    [Fact]
    public async Task An_option_without_its_value_is_named() => await Refused(2, "--source needs a value", "--source");

    [Fact]
    public async Task A_source_that_is_not_there_is_named() => await Refused(1, "/absent", "--source", _folder.FullName + "/absent");

    [Fact]
    public async Task A_folder_that_is_no_FAISS_tree_is_named() => await Refused(1, "not a FAISS tree", "--source", _folder.FullName);

    [Fact]
    public async Task A_FAISS_older_than_the_bindings_is_refused()
    {
        WriteTree("1.7.2");
        await Refused(1, "FAISS 1.7.2 is too old; 1.7.3 is the oldest", "--source", _folder.FullName);
    }

    [Fact]
    public async Task A_level_that_the_version_lacks_is_refused_with_those_it_has()
    {
        WriteTree("1.7.3");
        await Refused(1, "FAISS 1.7.3 has no level avx512; it has: host avx2 generic", "--source", _folder.FullName, "--opt-level", "avx512");
    }

    private void WriteTree(string version)
    {
        _folder.CreateSubdirectory("c_api");
        _folder.CreateSubdirectory("faiss");
        File.WriteAllText(Path.Combine(_folder.FullName, "CMakeLists.txt"), $"project(faiss\n  VERSION {version}\n  LANGUAGES CXX)\n");
        File.WriteAllText(Path.Combine(_folder.FullName, "faiss", "CMakeLists.txt"), "add_library(faiss_avx2 ${FAISS_SRC})\n");
    }

    private async Task Refused(int code, string message, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script builds on Linux.");
        var start = new ProcessStartInfo("bash", [Checkout.File("scripts/build-native.sh"), "--output", Path.Combine(_folder.FullName, "out"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal(code, process.ExitCode);
        Assert.Contains(message, await error);
        Assert.Equal("", await output);
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "out")));
    }
}
