using System.Buffers.Binary;
using FaissSdk.Interop;

namespace FaissSdk.Tests.Interop;

public sealed class FaissLibraryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Info_contains_path_and_version()
    {
        Native.Require();
        Assert.True(File.Exists(FaissLibrary.Info.Path), FaissLibrary.Info.Path);
        Assert.Matches(@"^\d+\.\d+\.\d+( to \d+\.\d+\.\d+)?$", FaissLibrary.Info.Version);
        Assert.Null(FaissLibrary.Failure);
    }

    [Fact]
    public void Supports_recognizes_available_functions()
    {
        Native.Require();
        Assert.True(FaissLibrary.Supports("faiss_Clustering_train"));
        Assert.False(FaissLibrary.Supports("faiss_no_such_function"));
    }

    [Fact]
    public void Require_accepts_an_available_function()
    {
        Native.Require();
        FaissLibrary.Require("faiss_Clustering_train");
    }

    [Theory]
    [InlineData("faiss_IndexBinary_search_with_params", "needs FAISS 1.14.0 or later")]
    [InlineData("faiss_IndexShards_own_fields", "exists only in FAISS 1.7.3 to 1.14.1;")]
    [InlineData("faiss_IndexIVFScalarQuantizer_new", "is declared by this version of FAISS, but missing in this library")]
    [InlineData("faiss_no_such_function", "is not a function of the FAISS C API")]
    public void Require_names_the_versions_that_have_a_missing_function(string function, string reason)
    {
        Native.Require();
        Assert.SkipWhen(FaissLibrary.Supports(function), "This library has the function.");
        var error = Assert.Throws<NotSupportedException>(() => FaissLibrary.Require(function));
        Assert.StartsWith($"{function} {reason}", error.Message);
        Assert.Contains($"; loaded: {FaissLibrary.Info.Version} ({FaissLibrary.Info.Path}).", error.Message);
        Assert.Equal(reason.StartsWith("needs", StringComparison.Ordinal), error.Message.EndsWith(ApiVersions.HowToGetNewest(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_required_version_is_named_with_the_command_that_builds_it()
    {
        Native.Require();
        var error = Assert.Throws<NotSupportedException>(() => FaissLibrary.RequireVersion(99, 0, 0, "Searching"));
        Assert.StartsWith("Searching needs FAISS 99.0.0 or later; loaded: ", error.Message);
        Assert.Contains("run scripts/build-native.sh --version 1.15.0", error.Message);
    }

    [Fact]
    public void Only_functions_of_the_C_API_are_exported()
    {
        Native.Require();
        Assert.False(FaissLibrary.Supports("_ZN5faiss10ClusteringC1Eii"));
    }

    [Fact]
    public void Use_refuses_a_second_library()
    {
        Native.Require();
        var error = Assert.Throws<InvalidOperationException>(() => FaissLibrary.Use("/elsewhere/libfaiss_c.so"));
        Assert.Contains("/elsewhere/libfaiss_c.so", error.Message);
        Assert.Contains(FaissLibrary.Info.Path, error.Message);
    }

    [Fact]
    public void A_missing_explicit_file_is_the_only_place_searched()
    {
        var path = _folder.File("absent.so");
        var probe = Assert.Single(LibraryLocator.Search(path, null, AppContext.BaseDirectory).Probes);
        Assert.Equal("FaissLibrary.Use", probe.Source);
        Assert.Equal(path, probe.Path);
        Assert.Equal("not there", probe.Outcome);
    }

    [Fact]
    public void The_message_explains_that_a_named_file_is_the_only_place()
    {
        var message = FaissLibrary.FailureMessage(LibraryLocator.Search(null, "/absent/libfaiss_c.so", AppContext.BaseDirectory));
        Assert.Contains($"FAISS_SDK_LIBRARY: {Path.GetFullPath("/absent/libfaiss_c.so")} (not there)", message);
        Assert.EndsWith("No other place is searched while FAISS_SDK_LIBRARY names a file. To fix this: name an existing FAISS library for this platform, or do not set it.", message);
    }

    [Fact]
    public void The_variable_precedes_the_usual_places()
    {
        var probe = Assert.Single(LibraryLocator.Search(null, _folder.Path, AppContext.BaseDirectory).Probes);
        Assert.Equal(FaissLibrary.PathVariable, probe.Source);
        Assert.Equal("is a directory, not a library", probe.Outcome);
    }

    [Fact]
    public void Every_usual_place_is_named_in_the_failure_message()
    {
        var located = LibraryLocator.Search(null, null, _folder.Path);
        Assert.SkipWhen(located.Handle != 0, "A FAISS library is already loaded, or on the system's path.");
        var message = FaissLibrary.FailureMessage(located);
        Assert.Contains(Path.Combine(_folder.Path, "runtimes", LibraryLocator.RuntimeIdentifier, "native", LibraryLocator.FileName), message);
        Assert.Contains("system: " + LibraryLocator.FileName, message);
        Assert.Contains("scripts/build-native.sh", message);
        Assert.Contains(FaissLibrary.PathVariable, message);
    }

    [Fact]
    public void The_AVX2_build_comes_first_if_the_processor_supports_it()
    {
        var variant = Path.ChangeExtension(LibraryLocator.FileName, null) + "_avx2" + Path.GetExtension(LibraryLocator.FileName);
        File.WriteAllText(_folder.File(variant), "");
        File.WriteAllText(_folder.File(LibraryLocator.FileName), "");
        var probes = LibraryLocator.Search(null, null, _folder.Path).Probes.Where(probe => Path.GetDirectoryName(probe.Path) == _folder.Path).ToArray();
        Assert.Equal([variant, LibraryLocator.FileName], probes.Select(probe => Path.GetFileName(probe.Path)));
        Assert.Equal(SimdLevel.HasAvx2 ? "not a shared library" : "built for processors with AVX2, FMA and F16C, which this processor lacks", probes[0].Outcome);
    }

    [Fact]
    public void HasAvx2_agrees_with_the_operating_system()
    {
        Assert.SkipUnless(File.Exists("/proc/cpuinfo"), "/proc/cpuinfo does not exist.");
        var flags = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) ?? "";
        var inProcessor = ((string[])["avx2", "fma", "f16c", "popcnt", "bmi2"]).All(flags.Split(' ').Contains);
        Assert.Equal(inProcessor && System.Runtime.Intrinsics.X86.Avx2.IsSupported, SimdLevel.HasAvx2);
    }

    [Fact]
    public void The_failure_message_names_the_package()
    {
        Assert.SkipUnless(LibraryLocator.PackagedRuntimes.Contains(LibraryLocator.RuntimeIdentifier), "No package supports this platform.");
        var message = FaissLibrary.FailureMessage(LibraryLocator.Search(null, null, _folder.Path));
        Assert.Contains($"dotnet add package FaissSdk.Native.{LibraryLocator.RuntimeIdentifier};", message);
    }

    [Theory]
    [InlineData("linux-musl-x64", true)]
    [InlineData("alpine.3.22-x64", true)]
    [InlineData("alpine-x64", true)]
    [InlineData("linux-x64", false)]
    [InlineData("debian.12-x64", false)]
    [InlineData("osx-x64", false)]
    public void A_runtime_for_musl_is_recognized(string identifier, bool isMusl) => Assert.Equal(isMusl, LibraryLocator.IsMusl(identifier));

    [Fact]
    public void A_checkout_is_found_from_a_subfolder()
    {
        File.WriteAllText(_folder.File("FaissSdk.sln"), "");
        var below = _folder.CreateFolder("tests/bin");
        var located = LibraryLocator.Search(null, null, below);
        Assert.Contains(located.Probes, probe => probe.Source == "checkout" && probe.Path.StartsWith(_folder.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void A_library_for_another_processor_is_recognized()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test uses an ELF file.");
        var header = new byte[64];
        "\u007fELF"u8.CopyTo(header);
        header[4] = 2;
        header[5] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(18), 0x1234);
        Assert.Equal("built for ELF machine 4660, this process needs " + "ELF " + LibraryLocator.RuntimeIdentifier.Split('-')[^1], Probe(header));
    }

    [Theory]
    [InlineData(0x0100000C, "Mach-O arm64")]
    [InlineData(0x01000007, "Mach-O x64")]
    public void A_library_for_macOS_is_recognized(uint cpu, string platform)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A Mach-O file is foreign on Linux only.");
        var header = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xFEEDFACF);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), cpu);
        Assert.StartsWith($"built for {platform}, this process needs ELF", Probe(header));
    }

    [Theory]
    [InlineData(0x8664, "Windows x64")]
    [InlineData(0xAA64, "Windows arm64")]
    public void A_library_for_Windows_is_recognized(int machine, string platform)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A Windows file is foreign on Linux only.");
        var header = new byte[256];
        "MZ"u8.CopyTo(header);
        header[0x3C] = 0x80;
        "PE"u8.CopyTo(header.AsSpan(0x80));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(0x84), (ushort)machine);
        Assert.StartsWith($"built for {platform}, this process needs ELF", Probe(header));
        Assert.Equal("not a shared library", Probe(header[..0x84]));
    }

    [Fact]
    public void A_file_that_is_not_a_library_is_recognized() => Assert.Equal("not a shared library", Probe("hello"u8.ToArray()));

    [Fact]
    public void Another_shared_library_is_not_a_FAISS_library()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The test finds the runtime's library through /proc.");
        var other = File.ReadLines("/proc/self/maps").Select(line => line.Split(' ')[^1]).First(path => path.EndsWith("libcoreclr.so", StringComparison.Ordinal));
        var outcome = LibraryLocator.Search(other, null, AppContext.BaseDirectory).Probes.Single().Outcome;
        Assert.Equal("not a FAISS C library: it does not export faiss_Index_free", outcome);
    }

    [Fact]
    public void An_old_library_without_description_has_a_version_range()
    {
        var copy = LoadCopy();
        Assert.SkipWhen(FaissLibrary.Supports("faiss_get_version"), "This library reports its version.");
        Assert.SkipWhen(FaissLibrary.Supports("faiss_sdk_description"), "This library contains its description.");
        var info = LibraryDescription.Of(copy);
        Assert.Equal("1.7.3 to 1.8.0", info.Version);
        Assert.Null(info.SimdLevel);
    }

    [Theory]
    [InlineData("{ \"faissVersion\": \"1.7.3\", ")]
    [InlineData("[]")]
    [InlineData("{ \"faissVersion\": 173 }")]
    public void A_broken_description_is_ignored(string json)
    {
        var copy = LoadCopy();
        Assert.SkipWhen(FaissLibrary.Supports("faiss_get_version"), "This library reports its version.");
        Assert.SkipWhen(FaissLibrary.Supports("faiss_sdk_description"), "This library contains its description.");
        File.WriteAllText(Path.ChangeExtension(copy.Path, ".json"), json);
        Assert.Equal("1.7.3 to 1.8.0", LibraryDescription.Of(copy).Version);
    }

    [Fact]
    public void A_description_of_another_version_is_ignored()
    {
        Native.Require();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_get_version"), "This library does not report its version.");
        var copy = LoadCopy();
        Assert.SkipWhen(FaissLibrary.Supports("faiss_sdk_description"), "This library contains its description.");
        File.WriteAllText(Path.ChangeExtension(copy.Path, ".json"), "{ \"faissVersion\": \"1.7.3\", \"simdLevel\": \"sse\" }");
        var info = LibraryDescription.Of(copy);
        Assert.Equal(FaissLibrary.Info.Version, info.Version);
        Assert.Null(info.SimdLevel);
    }

    [Fact]
    public void A_library_contains_its_description()
    {
        var copy = LoadCopy();
        Assert.SkipUnless(FaissLibrary.Supports("faiss_sdk_description"), "This library was built without its description.");
        var info = LibraryDescription.Of(copy);
        Assert.NotNull(info.SimdLevel);
        Assert.Equal(FaissLibrary.Info with { Path = copy.Path, WaitPolicy = null }, info);
    }

    [Fact]
    public void The_folder_of_the_assembly_comes_before_that_of_the_application()
    {
        var located = LibraryLocator.Search(null, null, _folder.Path, typeof(FaissLibrary).Assembly);
        Assert.StartsWith(Path.GetDirectoryName(typeof(FaissLibrary).Assembly.Location)!, located.Probes[0].Path, StringComparison.Ordinal);
        Assert.True(located.Handle != 0 || located.Probes.Any(probe => probe.Path.StartsWith(_folder.Path, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("libgomp.so.1: cannot open shared object file: No such file or directory", "libgomp.so.1, which it needs, is not: install it (Debian and Ubuntu: apt-get install libgomp1;")]
    [InlineData("libfoo.so.3: cannot open shared object file: No such file or directory", "libfoo.so.3, which it needs, is not: install the package of this system that contains it")]
    [InlineData("/lib/libc.so.6: version `GLIBC_2.34' not found (required by /a/libfaiss_c.so)", "needs GLIBC_2.34, and the C library (glibc) of this system is older")]
    [InlineData("libstdc++.so.6: version `GLIBCXX_3.4.30' not found", "needs GLIBCXX_3.4.30, and the C++ library (libstdc++)")]
    [InlineData("Error loading shared library ld-linux-x86-64.so.2: No such file or directory (needed by /a/libfaiss_c.so)", "this system has musl: use one that was built for musl, such as that of the package FaissSdk.Native.linux-musl-x64")]
    [InlineData("libc.so: cannot open shared object file: No such file or directory", "this system has glibc: use one that was built for glibc, such as that of the package FaissSdk.Native.linux-x64")]
    [InlineData("/lib/x86_64-linux-gnu/libc.so: invalid ELF header", "this system has glibc")]
    [InlineData("Error loading shared library libgomp.so.1: No such file or directory (needed by /a/libfaiss_c.so)", "libgomp.so.1, which it needs, is not")]
    [InlineData("/a/libfaiss_c.so: failed to map segment from shared object", "noexec")]
    public void The_advice_fits_the_reason(string reason, string advice)
    {
        Assert.Contains(advice, LoadFailure.Advice(LoadFailure.Reason("Unable to load shared library '/a/libfaiss_c.so' or one of its dependencies. \n" + reason)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_dependency_is_named_instead_of_the_package()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/gcc"), "The test compiles a library for Linux.");
        File.WriteAllText(_folder.File("gomp.c"), "int absent(void) { return 0; }");
        File.WriteAllText(_folder.File("faiss.c"), "int absent(void); int faiss_Index_free(void) { return absent(); }");
        Compile("-shared", "-Wl,-soname,libgomp-of-nobody.so.1", "gomp.c", "-o", "libgomp-of-nobody.so.1");
        Compile("-shared", "faiss.c", "libgomp-of-nobody.so.1", "-o", LibraryLocator.FileName);
        File.Delete(_folder.File("libgomp-of-nobody.so.1"));

        var located = LibraryLocator.Search(_folder.File(LibraryLocator.FileName), null, _folder.Path);

        Assert.Equal("libgomp-of-nobody.so.1: cannot open shared object file: No such file or directory", located.Probes.Single().Outcome);
        var message = FaissLibrary.FailureMessage(located);
        Assert.Contains("To fix this: the library is there, but libgomp-of-nobody.so.1, which it needs, is not: install it", message, StringComparison.Ordinal);
        Assert.DoesNotContain("dotnet add package", message, StringComparison.Ordinal);
    }

    private void Compile(params string[] arguments)
    {
        using var compiler = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("gcc", arguments) { WorkingDirectory = _folder.Path })!;
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
    }

    private LibraryLocator LoadCopy()
    {
        Native.Require();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A loaded library cannot be deleted there.");
        var copy = _folder.File(LibraryLocator.FileName);
        File.Copy(FaissLibrary.Info.Path, copy);
        var located = LibraryLocator.Search(copy, null, AppContext.BaseDirectory);
        Assert.NotEqual(0, located.Handle);
        return located;
    }

    private string Probe(byte[] content)
    {
        var path = _folder.File(LibraryLocator.FileName);
        File.WriteAllBytes(path, content);
        return LibraryLocator.Search(path, null, AppContext.BaseDirectory).Probes.Single().Outcome;
    }
}
