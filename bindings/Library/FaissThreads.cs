using FaissSdk.Interop;

namespace FaissSdk;

/// <summary>Gets and limits the number of threads that FAISS and its BLAS use for a call, which OpenMP keeps per calling thread.</summary>
/// <remarks>The default is the number of processors, or the value of <c>OMP_NUM_THREADS</c> at the time when the library is loaded. <c>IndexShards</c> and <c>IndexReplicas</c> start their own threads, to which the caller's limit does not apply.</remarks>
public static unsafe class FaissThreads
{
    // OpenMP keeps a record of each thread on the stack of the calling thread, and ends the process when the system starts no more.
    private const int MaxPerProcessor = 8;

    // PublicationOnly does not cache exceptions: after a failure, FaissLibrary.Use may still name a library.
    private static readonly Lazy<(nint Get, nint Set)> Functions = new(Find, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Gets the maximum number of threads for a FAISS call by this thread.</summary>
    /// <exception cref="FaissLibraryException">No native library could be loaded.</exception>
    /// <exception cref="NotSupportedException">The library does not export OpenMP's functions.</exception>
    public static int Max => LinkedLibrary.IsLinked ? LinkedLibrary.MaxThreads : ((delegate* unmanaged[Cdecl]<int>)Known.Get)();

    private static (nint Get, nint Set) Known =>
        Functions.Value is { Get: not 0, Set: not 0 } functions
            ? functions
            : throw new NotSupportedException($"The number of threads is not accessible: {FaissLibrary.Info.Path} does not export OpenMP's functions. Set OMP_NUM_THREADS before the process starts instead.");

    /// <summary>Sets the maximum number of threads for FAISS calls by this thread until the returned limit is disposed: <c>using (FaissThreads.Limit(1)) { … }</c>.</summary>
    /// <param name="threads">The maximum number of threads, at least 1. A number greater than eight per processor, and than <see cref="Max"/>, stands for the greater of these.</param>
    /// <returns>A limit that restores the previous number when it is disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is less than 1.</exception>
    /// <exception cref="FaissLibraryException">No native library could be loaded.</exception>
    /// <exception cref="NotSupportedException">The library does not export OpenMP's functions.</exception>
    public static FaissThreadLimit Limit(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var before = Max;
        Set(Math.Min(threads, Math.Max(before, MaxPerProcessor * Environment.ProcessorCount)));
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

    // The functions of our own builds come first; other builds only expose those of the OpenMP library that they depend on.
    private static (nint Get, nint Set) Find() =>
        FaissLibrary.Export("faiss_sdk_max_threads") is var get and not 0
            ? (get, FaissLibrary.Export("faiss_sdk_set_max_threads"))
            : (FaissLibrary.Export("omp_get_max_threads"), FaissLibrary.Export("omp_set_num_threads"));
}
