using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using FaissSdk.Interop;

namespace FaissSdk.Cli;

/// <summary><c>faiss-sdk doctor</c>: what it does.</summary>
internal static class Doctor
{
    public static int Run(CommandConsole console, bool verbose)
    {
        Section(console, "Native library", DescribeLibrary());
        Section(console, "Looked at", FaissLibrary.Probes.Select(probe => (probe.Source, $"{probe.Path} ({probe.Outcome})")));
        Section(console, "Versions", DescribeVersions());
        Section(console, "Processor", DescribeProcessor());
        Section(console, "Threads", DescribeThreads());
        if (!FaissLibrary.IsAvailable)
        {
            console.WriteLine($"verdict: no native FAISS library; the managed k-means works without. To have one: run scripts/build-native.sh in a checkout, or set {FaissLibrary.PathVariable} to the library file.");
            return ExitCode.Failure;
        }

        var (gpu, functions) = RawFunctions();
        var missing = functions.Where(function => !FaissLibrary.Supports(function)).ToArray();
        Section(console, "Functions of the C API", [
            ("in the bindings", Text(functions.Length)),
            ("in the library", Text(functions.Length - missing.Length)),
            ("for GPUs", $"{gpu.Count(FaissLibrary.Supports)} of {gpu.Length}"),
            ("missing", Text(missing.Length)),
            .. missing.Where(_ => verbose).Select(function => ("", function)),
        ]);
        console.WriteLine(missing.Length == 0
            ? "verdict: all is well; there is nothing to do"
            : string.Create(CultureInfo.InvariantCulture, $"verdict: the library works; {missing.Length} functions of other FAISS versions it lacks (--verbose names them, FaissLibrary.Require tells which version has one)"));
        return ExitCode.Success;
    }

    private static IEnumerable<(string, string)> DescribeLibrary()
    {
        if (!FaissLibrary.IsAvailable)
        {
            return [("loaded", "none")];
        }

        var info = FaissLibrary.Info;
        const string untold = "unknown: nothing beside the library tells";
        return
        [
            ("loaded", info.Path),
            ("FAISS", info.Version),
            ("SIMD level", info.SimdLevel ?? untold),
            ("BLAS", info.Blas ?? untold),
            ("OpenMP", info.OpenMP ?? untold),
            ("compiler", info.Compiler ?? untold),
        ];
    }

    private static IEnumerable<(string, string)> DescribeVersions() =>
    [
        ("FaissSdk", typeof(KMeans).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown"),
        (".NET", RuntimeInformation.FrameworkDescription),
        ("system", $"{RuntimeInformation.OSDescription} ({RuntimeInformation.RuntimeIdentifier})"),
        ("architecture", RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()),
    ];

    private static IEnumerable<(string, string)> DescribeProcessor() =>
    [
        ("Vector<float>", $"{Text(Vector<float>.Count)} lanes"),
        ("accelerated", Accelerated(("Vector128", Vector128.IsHardwareAccelerated), ("Vector256", Vector256.IsHardwareAccelerated), ("Vector512", Vector512.IsHardwareAccelerated))),
        ("instructions", Accelerated(("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512F", Avx512F.IsSupported), ("AVX-VNNI", AvxVnni.IsSupported), ("AdvSimd", AdvSimd.IsSupported))),
    ];

    private static IEnumerable<(string, string)> DescribeThreads()
    {
        yield return ("processors", Text(Environment.ProcessorCount));
        foreach (var variable in (string[])["OMP_NUM_THREADS", "OMP_WAIT_POLICY"])
        {
            yield return (variable, Environment.GetEnvironmentVariable(variable) ?? "not set");
        }
    }

    /// <summary>The functions of the bindings; a library without GPU support lacks all of the first kind.</summary>
    private static (string[] Gpu, string[] Others) RawFunctions()
    {
        var functions = typeof(FaissNative)
            .GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Where(method => method.GetCustomAttribute<DllImportAttribute>() is not null)
            .Select(method => method.Name)
            .Order(StringComparer.Ordinal)
            .ToLookup(name => name.Contains("gpu", StringComparison.OrdinalIgnoreCase));
        return ([.. functions[true]], [.. functions[false]]);
    }

    private static string Accelerated(params ReadOnlySpan<(string Name, bool Supported)> features)
    {
        var words = new List<string>();
        foreach (var (name, supported) in features)
        {
            words.Add($"{name} {(supported ? "yes" : "no")}");
        }

        return string.Join(", ", words);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Section(CommandConsole console, string title, IEnumerable<(string Name, string Value)> lines)
    {
        console.WriteLine(title);
        foreach (var (name, value) in lines)
        {
            console.WriteLine($"  {name,-17} {value}");
        }

        console.WriteLine();
    }
}
