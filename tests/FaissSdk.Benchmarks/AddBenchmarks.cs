using BenchmarkDotNet.Attributes;

namespace FaissSdk.Benchmarks;

/// <summary>Measures adding one vector and many.</summary>
[MemoryDiagnoser]
public class AddBenchmarks : IDisposable
{
    private const int Iterations = 100;

    private readonly Workload _work = new();

    [Params(1, Workload.Many)]
    public int Vectors { get; set; }

    [Benchmark(Baseline = true, OperationsPerInvoke = Iterations)]
    public void C() => Loops.AddC(_work, Vectors, Iterations);

    [Benchmark(OperationsPerInvoke = Iterations)]
    public void Raw() => Loops.AddRaw(_work, Vectors, Iterations);

    [Benchmark(OperationsPerInvoke = Iterations)]
    public void Sdk() => Loops.AddSdk(_work, Vectors, Iterations);

    [GlobalCleanup]
    public void Dispose()
    {
        _work.Dispose();
        GC.SuppressFinalize(this);
    }
}
