using FaissSdk.Interop;

namespace FaissSdk;

/// <summary>How many threads FAISS and its BLAS take for a call: OpenMP's number, which is one of the calling thread's own.</summary>
/// <remarks>Without a limit it is the number of processors, or what <c>OMP_NUM_THREADS</c> says when the library is loaded. <c>IndexShards</c> and <c>IndexReplicas</c> start threads of their own, to which no limit of their caller's applies.</remarks>
public static unsafe class FaissThreads
{
    // A failure is not kept: FaissLibrary.Use may name a library after it.
    private static readonly Lazy<(nint Get, nint Set)> Functions = new(Find, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The largest number of threads of a call by this thread.</summary>
    /// <exception cref="FaissLibraryException">No native library could be loaded.</exception>
    /// <exception cref="NotSupportedException">The library's OpenMP is not one that can be asked.</exception>
    public static int Max => LinkedLibrary.IsLinked ? LinkedLibrary.MaxThreads : ((delegate* unmanaged[Cdecl]<int>)Known.Get)();

    private static (nint Get, nint Set) Known =>
        Functions.Value is { Get: not 0, Set: not 0 } functions
            ? functions
            : throw new NotSupportedException($"The number of threads cannot be changed: {FaissLibrary.Info.Path} shows no OpenMP; set OMP_NUM_THREADS before the process starts.");

    /// <summary>Limits the threads of FAISS's calls by this thread until what is returned is disposed: <c>using (FaissThreads.Limit(1)) { … }</c>.</summary>
    /// <param name="threads">The largest number of threads, 1 or greater.</param>
    /// <returns>Restores the number there was before.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is less than 1.</exception>
    /// <exception cref="FaissLibraryException">No native library could be loaded.</exception>
    /// <exception cref="NotSupportedException">The library's OpenMP is not one that can be told.</exception>
    public static FaissThreadLimit Limit(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var before = Max;
        Set(threads);
        return new FaissThreadLimit(before);
    }

    internal static void Set(int threads)
    {
        if (LinkedLibrary.IsLinked)
        {
            LinkedLibrary.SetMaxThreads(threads);
        }
        else
        {
            ((delegate* unmanaged[Cdecl]<int, void>)Known.Set)(threads);
        }
    }

    // Ours first; of another build, those of the OpenMP that it depends on.
    private static (nint Get, nint Set) Find() =>
        FaissLibrary.Export("faiss_sdk_max_threads") is var get and not 0
            ? (get, FaissLibrary.Export("faiss_sdk_set_max_threads"))
            : (FaissLibrary.Export("omp_get_max_threads"), FaissLibrary.Export("omp_set_num_threads"));
}
