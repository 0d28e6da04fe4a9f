using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace FaissSdk.Interop;

/// <summary>Accesses a FAISS that is linked into the program, through the functions of native/linked.cpp.</summary>
internal static unsafe class LinkedLibrary
{
    private static HashSet<string>? _functions;

    /// <summary>Gets a value indicating whether FAISS is linked into the program. FaissSdk.Native.targets sets it in programs that NativeAOT links with libfaiss_c.a; in others this class is trimmed away.</summary>
    [FeatureSwitchDefinition("FaissSdk.Linked")]
    public static bool IsLinked => AppContext.TryGetSwitch("FaissSdk.Linked", out var linked) && linked;

    /// <summary>Gets the description that build-native.sh writes into libfaiss_c.json.</summary>
    public static byte[] Description => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(faiss_sdk_description()).ToArray();

    /// <summary>Gets the maximum number of threads for a FAISS call by this thread.</summary>
    public static int MaxThreads => faiss_sdk_max_threads();

    /// <summary>Returns whether this FAISS has a function of the C API. Functions that it lacks are linked too, but only report that they are missing.</summary>
    public static bool Has(string function) => (_functions ??= ReadFunctions()).Contains(function);

    /// <summary>Throws an exception if this processor lacks the instructions that FAISS was compiled for.</summary>
    /// <exception cref="PlatformNotSupportedException">The processor lacks the instructions.</exception>
    public static void ThrowIfNotForThisProcessor()
    {
        if (faiss_sdk_runs_here() == 0)
        {
            using var json = JsonDocument.Parse(Description);
            var level = json.RootElement.GetProperty("simdLevel").GetString();
            throw new PlatformNotSupportedException(
                $"FAISS is linked into this program at the SIMD level {level}, which this processor does not support. Publish the program with FaissSdkStaticLevel=generic.");
        }
    }

    public static void SetMaxThreads(int threads) => faiss_sdk_set_max_threads(threads);

    private static HashSet<string> ReadFunctions() => [.. Marshal.PtrToStringUTF8((nint)faiss_sdk_functions())!.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    [DllImport("faiss_c", ExactSpelling = true)]
    private static extern byte* faiss_sdk_description();

    [DllImport("faiss_c", ExactSpelling = true)]
    private static extern byte* faiss_sdk_functions();

    [DllImport("faiss_c", ExactSpelling = true)]
    private static extern int faiss_sdk_runs_here();

    [DllImport("faiss_c", ExactSpelling = true)]
    private static extern int faiss_sdk_max_threads();

    [DllImport("faiss_c", ExactSpelling = true)]
    private static extern void faiss_sdk_set_max_threads(int threads);
}
