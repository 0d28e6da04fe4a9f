namespace FaissSdk.Tests.Indexes;

/// <summary>Calls an action on the thread that reports.</summary>
internal sealed class Reporter(Action<double> action) : IProgress<double>
{
    public void Report(double value) => action(value);
}
