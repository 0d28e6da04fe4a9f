using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using FaissSdk.Interop;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk doctor</c>: describes the native library, the machine and the functions available.</summary>
internal static class DoctorJob
{
    public static int Run(CommandConsole console, bool verbose)
    {
        (string Title, IEnumerable<(string Name, string Value)> Lines)[] sections =
        [
            ("Native library", DescribeLibrary()),
            ("Places searched", FaissLibrary.Probes.Select(probe => (probe.Source, $"{probe.Path} ({probe.Outcome})"))),
            ("Versions", DescribeVersions()),
            ("Processor", DescribeProcessor()),
            ("Threads", DescribeThreads()),
            ("Messages of FAISS", DescribeMessages()),
        ];
        foreach (var (title, lines) in sections)
        {
            Section(console, title, lines);
        }

        console.WriteJson(json =>
        {
            json.WriteBoolean("works", FaissLibrary.IsAvailable);
            CommandJson.WriteArray(json, "sections", sections, section =>
            {
                json.WriteStartObject();
                json.WriteString("title", section.Title);
                CommandJson.WriteArray(json, "facts", section.Lines, line =>
                {
                    json.WriteStartObject();
                    json.WriteString("name", line.Name);
                    json.WriteString("value", line.Value);
                    json.WriteEndObject();
                });
                json.WriteEndObject();
            });
        });
        if (!FaissLibrary.IsAvailable)
        {
            console.WriteLine($"verdict: no native FAISS library was loaded; only the managed k-means is available. To fix this: set {FaissLibrary.PathVariable} to a libfaiss_c file, or run scripts/build-native.sh in a checkout of FaissSdk.");
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
            ? "verdict: the library works and has every function of the bindings"
            : string.Create(CultureInfo.InvariantCulture, $"verdict: the library works; it lacks {missing.Length} functions of other FAISS versions (--verbose lists them; FaissLibrary.Require names the version that has one)"));
        return ExitCode.Success;
    }

    private static IEnumerable<(string, string)> DescribeLibrary()
    {
        if (!FaissLibrary.IsAvailable)
        {
            return [("loaded", "none")];
        }

        var info = FaissLibrary.Info;
        const string unknown = "unknown (no build information lies beside the library)";
        return
        [
            ("loaded", info.Path),
            ("FAISS", info.Version),
            ("SIMD level", info.SimdLevel ?? unknown),
            ("BLAS", info.Blas ?? unknown),
            ("OpenMP", info.OpenMP ?? unknown),
            ("compiler", info.Compiler ?? unknown),
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
        yield return ("FaissThreads", Text(FaissThreads.Default));
        if (FaissLibrary.Info.WaitPolicy is { } policy)
        {
            yield return ("waiting", policy);
        }

        foreach (var variable in (string[])[DefaultThreads.Variable, "OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME", OpenMPEnvironment.Variable])
        {
            var value = Environment.GetEnvironmentVariable(variable);
            var ignored = variable == DefaultThreads.Variable && value is not null && DefaultThreads.Requested(value) is null;
            yield return (variable, ignored ? $"{value} (ignored: not a positive number; set it to 1 or more, or not at all)" : value ?? "not set");
        }
    }

    private static IEnumerable<(string, string)> DescribeMessages() =>
    [
        ("go to", !FaissLibrary.IsAvailable ? "nobody" : PrintedMessages.ArePassedOn
            ? $"{nameof(FaissDiagnostics)}.{nameof(FaissDiagnostics.MessagePrinted)}; without a listener, warnings are dropped"
            : "the standard output and the standard error (this library was not built for FaissSdk)"),
        ("dropped warnings", Text(FaissDiagnostics.DroppedWarnings)),
    ];

    /// <summary>Gets the functions of the bindings, GPU functions apart: a library without GPU support lacks all of them.</summary>
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

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Section(CommandConsole console, string title, IEnumerable<(string Name, string Value)> lines)
    {
        console.WriteLine(title);
        foreach (var (name, value) in lines)
        {
            console.WriteLine($"  {name,-22} {value}");
        }

        console.WriteLine();
    }
}
