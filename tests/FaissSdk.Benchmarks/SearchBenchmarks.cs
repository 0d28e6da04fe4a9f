using BenchmarkDotNet.Attributes;

namespace FaissSdk.Benchmarks;

/// <summary>Measures searches for one query and for many.</summary>
[MemoryDiagnoser]
public class SearchBenchmarks : IDisposable
{
    private const int Iterations = 10;

    private readonly Workload _work = new();

    [Params(1, Workload.QueryCount)]
    public int Queries { get; set; }

    [Benchmark(Baseline = true, OperationsPerInvoke = Iterations)]
    public void C() => Loops.SearchC(_work, Queries, Iterations);

    [Benchmark(OperationsPerInvoke = Iterations)]
    public void Raw() => Loops.SearchRaw(_work, Queries, Iterations);

    [Benchmark(OperationsPerInvoke = Iterations)]
    public void Sdk() => Loops.SearchSdk(_work, Queries, Iterations);

    [Benchmark(OperationsPerInvoke = Iterations)]
    public void SdkNewSearchResult() => Loops.SearchSdkIntoResult(_work, Queries, Iterations);

    [GlobalCleanup]
    public void Dispose()
    {
        _work.Dispose();
        GC.SuppressFinalize(this);
    }
}
