using FaissSdk.Interop;

namespace FaissSdk.Benchmarks;

/// <summary>Runs the same loop, line by line that of loops.c, through the SDK, through the raw bindings and in C.</summary>
internal static unsafe class Loops
{
    private static long _sink;

    public static void SearchSdk(Workload work, int n, long iterations)
    {
        ReadOnlySpan<float> queries = work.Queries;
        var distances = work.Distances.AsSpan(0, n * Workload.K);
        var labels = work.Labels.AsSpan(0, n * Workload.K);
        var (index, batches, batch) = (work.Searched, Workload.QueryCount / n, 0);
        for (long i = 0; i < iterations; i++)
        {
            index.Search(queries.Slice(batch * n * Workload.Dimension, n * Workload.Dimension), Workload.K, distances, labels);
            batch = batch + 1 == batches ? 0 : batch + 1;
        }
    }

    public static void SearchSdkIntoResult(Workload work, int n, long iterations)
    {
        ReadOnlySpan<float> queries = work.Queries;
        var (index, batches, batch) = (work.Searched, Workload.QueryCount / n, 0);
        for (long i = 0; i < iterations; i++)
        {
            _ = index.Search(queries.Slice(batch * n * Workload.Dimension, n * Workload.Dimension), Workload.K);
            batch = batch + 1 == batches ? 0 : batch + 1;
        }
    }

    public static void SearchRaw(Workload work, int n, long iterations)
    {
        var queries = Workload.Pointer(work.Queries);
        var distances = Workload.Pointer(work.Distances);
        var labels = Workload.Pointer(work.Labels);
        var index = work.SearchedPointer;
        var (batches, batch) = (Workload.QueryCount / n, 0);
        for (long i = 0; i < iterations; i++)
        {
            Check(FaissNative.faiss_Index_search(index, n, queries + (batch * n * Workload.Dimension), Workload.K, distances, labels));
            batch = batch + 1 == batches ? 0 : batch + 1;
        }
    }

    public static void SearchC(Workload work, int n, long iterations) =>
        Check(NativeLoops.Search(
            work.SearchedPointer, n, Workload.Pointer(work.Queries), Workload.QueryCount / n, Workload.Dimension, Workload.K,
            Workload.Pointer(work.Distances), Workload.Pointer(work.Labels), iterations));

    public static void AddSdk(Workload work, int n, long iterations)
    {
        ReadOnlySpan<float> vectors = work.Vectors.AsSpan(0, n * Workload.Dimension);
        var index = work.Growing;
        var left = 0;
        for (long i = 0; i < iterations; i++)
        {
            if (left == 0)
            {
                index.Reset();
                left = AdditionsOf(n);
            }

            left--;
            index.Add(vectors);
        }
    }

    public static void AddRaw(Workload work, int n, long iterations)
    {
        var index = work.GrowingPointer;
        var vectors = Workload.Pointer(work.Vectors);
        var left = 0;
        for (long i = 0; i < iterations; i++)
        {
            if (left == 0)
            {
                Check(FaissNative.faiss_Index_reset(index));
                left = AdditionsOf(n);
            }

            left--;
            Check(FaissNative.faiss_Index_add(index, n, vectors));
        }
    }

    public static void AddC(Workload work, int n, long iterations) =>
        Check(NativeLoops.Add(work.GrowingPointer, n, Workload.Pointer(work.Vectors), AdditionsOf(n), iterations));

    public static void CountSdk(Workload work, long iterations)
    {
        var index = work.Searched;
        var sum = 0L;
        for (long i = 0; i < iterations; i++)
        {
            sum += index.Count;
        }

        _sink = sum;
    }

    public static void CountRaw(Workload work, long iterations)
    {
        var index = work.SearchedPointer;
        var sum = 0L;
        for (long i = 0; i < iterations; i++)
        {
            sum += FaissNative.faiss_Index_ntotal(index);
        }

        _sink = sum;
    }

    public static void CountWithoutTransition(Workload work, long iterations)
    {
        var index = work.SearchedPointer;
        var sum = 0L;
        for (long i = 0; i < iterations; i++)
        {
            sum += WithoutTransition.Count(index);
        }

        _sink = sum;
    }

    public static void CountC(Workload work, long iterations) => _sink = NativeLoops.Count(work.SearchedPointer, iterations);

    public static void DimensionSdk(Workload work, long iterations)
    {
        var index = work.Searched;
        var sum = 0L;
        for (long i = 0; i < iterations; i++)
        {
            sum += index.Dimension;
        }

        _sink = sum;
    }

    public static void DimensionRaw(Workload work, long iterations)
    {
        var index = work.SearchedPointer;
        var sum = 0L;
        for (long i = 0; i < iterations; i++)
        {
            sum += FaissNative.faiss_Index_d(index);
        }

        _sink = sum;
    }

    public static void DimensionWithoutTransition(Workload work, long iterations)
    {
        var index = work.SearchedPointer;
        var sum = 0L;
        for (long i = 0; i < iterations; i++)
        {
            sum += WithoutTransition.Dimension(index);
        }

        _sink = sum;
    }

    public static void DimensionC(Workload work, long iterations) => _sink = NativeLoops.Dimension(work.SearchedPointer, iterations);

    public static void IsTrainedSdk(Workload work, long iterations)
    {
        var index = work.Searched;
        var sum = 0L;
        for (long i = 0; i < iterations; i++)
        {
            sum += index.IsTrained ? 1 : 0;
        }

        _sink = sum;
    }

    public static void IsTrainedRaw(Workload work, long iterations)
    {
        var index = work.SearchedPointer;
        var sum = 0L;
        for (long i = 0; i < iterations; i++)
        {
            sum += FaissNative.faiss_Index_is_trained(index);
        }

        _sink = sum;
    }

    public static void IsTrainedWithoutTransition(Workload work, long iterations)
    {
        var index = work.SearchedPointer;
        var sum = 0L;
        for (long i = 0; i < iterations; i++)
        {
            sum += WithoutTransition.IsTrained(index);
        }

        _sink = sum;
    }

    public static void IsTrainedC(Workload work, long iterations) => _sink = NativeLoops.IsTrained(work.SearchedPointer, iterations);

    // Single vectors are added until the index is as large as the searched one, which fits into a cache and so exposes the cost of the call.
    private static int AdditionsOf(int n) => n == 1 ? Workload.Held : 1;

    private static void Check(int code)
    {
        if (code != 0)
        {
            throw new InvalidOperationException($"A FAISS call failed with code {code}.");
        }
    }
}
