namespace FaissSdk.Tests.KMeansTests;

/// <summary>Told on the thread that reports.</summary>
internal sealed class Immediate(Action<KMeansIteration> action) : IProgress<KMeansIteration>
{
    public void Report(KMeansIteration value) => action(value);
}
