using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace FaissSdk.Benchmarks;

/// <summary>Declares the loops of loops.c. One call into C runs all iterations, so that no iteration includes a transition.</summary>
internal static unsafe class NativeLoops
{
    /// <summary>The environment variable with the path of the compiled loops; scripts/benchmark.sh sets it.</summary>
    public const string PathVariable = "FAISS_SDK_BENCHMARK_LOOPS";

    private const string Loops = "loops";

    /// <summary>Binds the loops and the declarations of this assembly to the library that the SDK has loaded.</summary>
    public static void Open()
    {
        var loops = Environment.GetEnvironmentVariable(PathVariable)
            ?? throw new InvalidOperationException($"{PathVariable} is not set to the compiled loops; run scripts/benchmark.sh, which compiles them.");
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => name switch
        {
            Loops => NativeLibrary.Load(loops),
            "faiss_c" => NativeLibrary.Load(FaissLibrary.Info.Path),
            _ => 0,
        });
        fixed (byte* path = System.Text.Encoding.UTF8.GetBytes(FaissLibrary.Info.Path + '\0'))
        {
            var problem = Open(path);
            if (problem != null)
            {
                throw new InvalidOperationException($"C cannot open '{FaissLibrary.Info.Path}': {Marshal.PtrToStringUTF8((nint)problem)}");
            }
        }
    }

    [DllImport(Loops, EntryPoint = "loops_thread_time", ExactSpelling = true)]
    public static extern long ThreadTime();

    [DllImport(Loops, EntryPoint = "loops_fill", ExactSpelling = true)]
    public static extern void Fill(float* values, long count, ulong seed);

    [DllImport(Loops, EntryPoint = "loops_search", ExactSpelling = true)]
    public static extern int Search(Interop.FaissIndex* index, long n, float* queries, long batches, long dimension, long k, float* distances, long* labels, long iterations);

    [DllImport(Loops, EntryPoint = "loops_add", ExactSpelling = true)]
    public static extern int Add(Interop.FaissIndex* index, long n, float* vectors, long additions, long iterations);

    [DllImport(Loops, EntryPoint = "loops_count", ExactSpelling = true)]
    public static extern long Count(Interop.FaissIndex* index, long iterations);

    [DllImport(Loops, EntryPoint = "loops_dimension", ExactSpelling = true)]
    public static extern long Dimension(Interop.FaissIndex* index, long iterations);

    [DllImport(Loops, EntryPoint = "loops_is_trained", ExactSpelling = true)]
    public static extern long IsTrained(Interop.FaissIndex* index, long iterations);

    [DllImport(Loops, EntryPoint = "loops_open", ExactSpelling = true)]
    private static extern byte* Open(byte* library);
}
