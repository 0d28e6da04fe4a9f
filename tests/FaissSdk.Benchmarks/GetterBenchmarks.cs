using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;

namespace FaissSdk.Benchmarks;

/// <summary>Measures the getters, each called in every possible way.</summary>
[MemoryDiagnoser]
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class GetterBenchmarks : IDisposable
{
    private const int Iterations = 10_000;

    private readonly Workload _work = new();

    [BenchmarkCategory("Count")]
    [Benchmark(Baseline = true, OperationsPerInvoke = Iterations)]
    public void CountC() => Loops.CountC(_work, Iterations);

    [BenchmarkCategory("Count")]
    [Benchmark(OperationsPerInvoke = Iterations)]
    public void CountRaw() => Loops.CountRaw(_work, Iterations);

    [BenchmarkCategory("Count")]
    [Benchmark(OperationsPerInvoke = Iterations)]
    public void CountWithoutTransition() => Loops.CountWithoutTransition(_work, Iterations);

    [BenchmarkCategory("Count")]
    [Benchmark(OperationsPerInvoke = Iterations)]
    public void CountSdk() => Loops.CountSdk(_work, Iterations);

    [BenchmarkCategory("Dimension")]
    [Benchmark(Baseline = true, OperationsPerInvoke = Iterations)]
    public void DimensionC() => Loops.DimensionC(_work, Iterations);

    [BenchmarkCategory("Dimension")]
    [Benchmark(OperationsPerInvoke = Iterations)]
    public void DimensionRaw() => Loops.DimensionRaw(_work, Iterations);

    [BenchmarkCategory("Dimension")]
    [Benchmark(OperationsPerInvoke = Iterations)]
    public void DimensionWithoutTransition() => Loops.DimensionWithoutTransition(_work, Iterations);

    [BenchmarkCategory("Dimension")]
    [Benchmark(OperationsPerInvoke = Iterations)]
    public void DimensionSdk() => Loops.DimensionSdk(_work, Iterations);

    [BenchmarkCategory("IsTrained")]
    [Benchmark(Baseline = true, OperationsPerInvoke = Iterations)]
    public void IsTrainedC() => Loops.IsTrainedC(_work, Iterations);

    [BenchmarkCategory("IsTrained")]
    [Benchmark(OperationsPerInvoke = Iterations)]
    public void IsTrainedRaw() => Loops.IsTrainedRaw(_work, Iterations);

    [BenchmarkCategory("IsTrained")]
    [Benchmark(OperationsPerInvoke = Iterations)]
    public void IsTrainedWithoutTransition() => Loops.IsTrainedWithoutTransition(_work, Iterations);

    [BenchmarkCategory("IsTrained")]
    [Benchmark(OperationsPerInvoke = Iterations)]
    public void IsTrainedSdk() => Loops.IsTrainedSdk(_work, Iterations);

    [GlobalCleanup]
    public void Dispose()
    {
        _work.Dispose();
        GC.SuppressFinalize(this);
    }
}
