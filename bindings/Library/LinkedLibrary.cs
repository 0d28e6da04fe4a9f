using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace FaissSdk.Interop;

/// <summary>FAISS linked into the program: what native/linked.cpp tells of it, and its threads.</summary>
internal static unsafe class LinkedLibrary
{
    private static HashSet<string>? _functions;

    /// <summary>Set by FaissSdk.Native.targets in programs that NativeAOT links with libfaiss_c.a; elsewhere all of this is trimmed away.</summary>
    [FeatureSwitchDefinition("FaissSdk.Linked")]
    public static bool IsLinked => AppContext.TryGetSwitch("FaissSdk.Linked", out var linked) && linked;

    /// <summary>What build-native.sh writes into libfaiss_c.json.</summary>
    public static byte[] Description => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(faiss_sdk_description()).ToArray();

    /// <summary>The largest number of threads of a call by this thread.</summary>
    public static int MaxThreads => faiss_sdk_max_threads();

    /// <summary>Whether this FAISS has a function of the C API; those it lacks are linked as well, but only say that they are not there.</summary>
    public static bool Has(string function) => (_functions ??= ReadFunctions()).Contains(function);

    /// <exception cref="PlatformNotSupportedException">FAISS was compiled for processors that have more than this one.</exception>
    public static void ThrowIfNotForThisProcessor()
    {
        if (faiss_sdk_runs_here() == 0)
        {
            using var json = JsonDocument.Parse(Description);
            var level = json.RootElement.GetProperty("simdLevel").GetString();
            throw new PlatformNotSupportedException(
                $"FAISS is linked into this program at the SIMD level {level}, which this processor lacks; publish it with FaissSdkStaticLevel=generic.");
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
