namespace FaissSdk.Tests.KMeansTests;

/// <summary>Calls an action on the thread that reports.</summary>
internal sealed class Immediate(Action<KMeansIteration> action) : IProgress<KMeansIteration>
{
    public void Report(KMeansIteration value) => action(value);
}
