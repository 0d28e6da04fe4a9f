using FaissSdk.Interop;

namespace FaissSdk;

/// <summary>Gets and limits the number of threads that FAISS and its BLAS use for a call, which OpenMP keeps per calling thread.</summary>
/// <remarks>Threads that <c>IndexShards</c> and <c>IndexReplicas</c> start have neither the limit of their caller nor a <see cref="Default"/> set after the library was loaded.</remarks>
public static class FaissThreads
{
    // PublicationOnly does not cache exceptions: after a failure, FaissLibrary.Use may still name a library.
    private static readonly Lazy<OpenMPFunctions> Functions = new(() => OpenMPFunctions.Of(FaissLibrary.Loaded), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Gets or sets the number of threads for FAISS calls by threads without a limit, at least 1. A new number applies to the whole process; each thread takes it at its next call.</summary>
    /// <remarks>Initially the number that the environment variable <c>OMP_NUM_THREADS</c> contains, or <see cref="Environment.ProcessorCount"/>, which takes the quota of a container and <c>DOTNET_PROCESSOR_COUNT</c> into account. A number greater than eight per processor stands for that many. It has no effect on a library that does not export OpenMP's functions, for which <see cref="Max"/> throws.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    public static int Default
    {
        get => DefaultThreads.Value;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            DefaultThreads.Value = value;
        }
    }

    /// <summary>Gets the maximum number of threads for a FAISS call by this thread.</summary>
    /// <exception cref="FaissLibraryException">No native library could be loaded.</exception>
    /// <exception cref="NotSupportedException">The library does not export OpenMP's functions.</exception>
    public static int Max
    {
        get
        {
            var functions = Known;
            DefaultThreads.Take();
            return functions.Threads;
        }
    }

    private static OpenMPFunctions Known =>
        Functions.Value is { Exist: true } functions
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
        TrySet(Math.Min(threads, Math.Max(before, DefaultThreads.Ceiling)));
        return new FaissThreadLimit(before, DefaultThreads.BeginLimit());
    }

    /// <summary>Limits calls by this thread to one thread, if the library makes that possible.</summary>
    internal static FaissThreadLimit LimitToOne()
    {
        var functions = Functions.Value;
        var before = functions.Exist ? functions.Threads : 1;
        if (before == 1)
        {
            return default;
        }

        functions.Threads = 1;
        return new FaissThreadLimit(before, DefaultThreads.BeginLimit());
    }

    internal static void TrySet(int threads)
    {
        if (Functions.Value is { Exist: true } functions)
        {
            functions.Threads = threads;
        }
    }
}
