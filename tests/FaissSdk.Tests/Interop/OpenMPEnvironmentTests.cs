using System.Runtime.InteropServices;
using FaissSdk.Interop;

namespace FaissSdk.Tests.Interop;

public sealed class OpenMPEnvironmentTests
{
    private static readonly string[] Variables = ["OMP_NUM_THREADS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "FAISS_SDK_BOUNDED_SPIN", "DOTNET_PROCESSOR_COUNT"];

    [Fact]
    public void The_spin_is_bounded_unless_the_user_decides()
    {
        RequireLinux();
        Assert.EndsWith("GOMP_SPINCOUNT=300 (set by FaissSdk)", Run(Report));
        Assert.EndsWith("OMP_WAIT_POLICY=active", Run(Report, ("OMP_WAIT_POLICY", "active")));
        Assert.EndsWith("GOMP_SPINCOUNT=77", Run(Report, ("GOMP_SPINCOUNT", "77")));
        Assert.EndsWith("OpenMP's default (FAISS_SDK_BOUNDED_SPIN=0)", Run(Report, ("FAISS_SDK_BOUNDED_SPIN", "0")));
        Assert.EndsWith("OpenMP's default (FaissSdk.BoundedSpin is false)", Run(ReportWithSwitch));
    }

    [Fact]
    public void OpenMP_reads_the_bound()
    {
        RequireLinux();
        Assert.Contains("GOMP_SPINCOUNT = '300'", Run(Report, ("OMP_DISPLAY_ENV", "verbose")), StringComparison.Ordinal);
        Assert.Contains("GOMP_SPINCOUNT = '77'", Run(Report, ("OMP_DISPLAY_ENV", "verbose"), ("GOMP_SPINCOUNT", "77")), StringComparison.Ordinal);
        Assert.Contains("GOMP_SPINCOUNT = '300000'", Run(Report, ("OMP_DISPLAY_ENV", "verbose"), ("FAISS_SDK_BOUNDED_SPIN", "0")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_loaded_OpenMP_keeps_its_settings()
    {
        RequireLinux();
        Assert.EndsWith("OpenMP's default (libgomp was loaded before FAISS)", Run(ReportAfterLibgomp));
    }

    [Fact]
    public void The_environment_is_as_before_once_FAISS_is_loaded()
    {
        RequireLinux();
        Assert.EndsWith("unchanged", Run(CompareEnvironment));
        Assert.EndsWith("unchanged", Run(CompareEnvironment, ("OMP_NUM_THREADS", "0")));
    }

    [Fact]
    public void The_default_number_of_threads_is_that_of_the_processors()
    {
        RequireLinux();
        Assert.StartsWith("3 3 ", Run(Report, ("DOTNET_PROCESSOR_COUNT", "3")));
        Assert.StartsWith("5 5 ", Run(Report, ("DOTNET_PROCESSOR_COUNT", "3"), ("OMP_NUM_THREADS", "5")));
        Assert.StartsWith("3 3 ", Run(Report, ("DOTNET_PROCESSOR_COUNT", "3"), ("FAISS_SDK_BOUNDED_SPIN", "0")));
        Assert.StartsWith("3 3 ", Run(ReportAfterLibgomp, ("DOTNET_PROCESSOR_COUNT", "3")));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-2")]
    [InlineData("many")]
    [InlineData("4,x")]
    public void A_number_of_threads_that_is_none_is_ignored(string value)
    {
        RequireLinux();
        var run = Run(Report, ("DOTNET_PROCESSOR_COUNT", "3"), ("OMP_NUM_THREADS", value));
        Assert.StartsWith("3 3 ", run);
        Assert.DoesNotContain("Invalid value", run, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_the_program_sets_reaches_OpenMP()
    {
        RequireLinux();
        Assert.StartsWith("5 5 ", Run(ReportWithOwnVariable));
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public void Another_OpenMP_in_the_process_does_no_harm(string order)
    {
        RequireLinux();
        Assert.SkipUnless(Libomp() is not null, "libomp is not installed (Debian: apt-get install libomp5).");
        Assert.EndsWith("right", Run(UseBoth, order, [("FAISS_SDK_TEST_LIBOMP", Libomp()!)]));
    }

    internal static void Report(string argument) => Console.Write($"{FaissThreads.Default} {FaissThreads.Max} {FaissLibrary.Info.WaitPolicy}");

    internal static void ReportWithSwitch(string argument)
    {
        AppContext.SetSwitch(OpenMPEnvironment.Switch, false);
        Report(argument);
    }

    internal static void ReportWithOwnVariable(string argument)
    {
        Environment.SetEnvironmentVariable("OMP_NUM_THREADS", "5");
        Report(argument);
    }

    internal static void ReportAfterLibgomp(string argument)
    {
        NativeLibrary.Load("libgomp.so.1");
        Report(argument);
    }

    internal static void CompareEnvironment(string argument)
    {
        var before = NativeEnvironment();
        Assert.True(FaissLibrary.IsAvailable);
        Console.Write(before == NativeEnvironment() ? "unchanged" : "changed");
    }

    internal static void UseBoth(string order)
    {
        if (order == "before")
        {
            UseLibomp();
        }

        Search();
        if (order == "after")
        {
            UseLibomp();
        }

        Search();
        UseLibomp();
        Console.Write("right");
    }

    private static unsafe void UseLibomp()
    {
        var library = NativeLibrary.Load(Environment.GetEnvironmentVariable("FAISS_SDK_TEST_LIBOMP")!);
        var fork = (delegate* unmanaged[Cdecl]<nint, int, nint, void>)NativeLibrary.GetExport(library, "__kmpc_fork_call");
        ((delegate* unmanaged[Cdecl]<int, void>)NativeLibrary.GetExport(library, "omp_set_num_threads"))(3);
        _threads = 0;

        // What clang calls at the beginning of a parallel region: a description of the place in the source, and the body.
        fixed (byte* source = ";file;function;1;1;;\0"u8)
        {
            var place = stackalloc nint[] { (nint)2 << 32, 0, (nint)source };
            fork((nint)place, 0, (nint)(delegate* unmanaged[Cdecl]<nint, nint, void>)&Count);
        }

        Assert.Equal(3, _threads);
    }

    private static int _threads;

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static void Count(nint thread, nint bound) => Interlocked.Increment(ref _threads);

    private static void Search()
    {
        using var limit = FaissThreads.Limit(3);
        using var index = new IndexFlatL2(16);
        var vectors = TestData.Uniform(2000, 16);
        index.Add(vectors);
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => (long)i), index.Assign(vectors));
    }

    private static unsafe string NativeEnvironment()
    {
        var text = new System.Text.StringBuilder();
        for (var entry = *(byte***)NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "environ"); *entry != null; entry++)
        {
            text.AppendLine(Marshal.PtrToStringUTF8((nint)(*entry)));
        }

        return text.ToString();
    }

    private static string? Libomp() =>
        ((string?[])[Environment.GetEnvironmentVariable("FAISS_SDK_LIBOMP"), "/usr/lib/x86_64-linux-gnu/libomp.so.5", "/usr/lib/aarch64-linux-gnu/libomp.so.5"]).FirstOrDefault(File.Exists);

    private static void RequireLinux()
    {
        Native.Require();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The tests read what libgomp reports.");
        Assert.SkipUnless(FaissLibrary.Info.OpenMP?.StartsWith("libgomp", StringComparison.Ordinal) == true, "This library does not use libgomp.");
    }

    private static string Run(Action<string> scenario, params ReadOnlySpan<(string Name, string Value)> variables) => Run(scenario, "", variables);

    private static string Run(Action<string> scenario, string argument, ReadOnlySpan<(string Name, string Value)> variables)
    {
        var environment = Variables.ToDictionary(name => name, _ => (string?)null);
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        var run = ChildProcess.Run(scenario, argument, environment: environment);
        run.AssertReturned();
        return run.Output;
    }
}
