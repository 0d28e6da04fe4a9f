using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Represents what was measured with one setting of an index.</summary>
/// <param name="Parameters">The search parameters; empty for those of the index.</param>
/// <param name="Recall">The share of the k nearest vectors that are among the k found.</param>
/// <param name="FirstOfFirst">The share of queries whose nearest vector is found first.</param>
/// <param name="FirstAmongAll">The share of queries whose nearest vector is among the k found.</param>
/// <param name="QueriesPerSecond">The queries per second, all in one call.</param>
/// <param name="Latencies">The microseconds of single queries, in ascending order.</param>
internal sealed record EvalPoint(string Parameters, double Recall, double FirstOfFirst, double FirstAmongAll, double QueriesPerSecond, double[] Latencies)
{
    public string Name => Parameters.Length == 0 ? "as in the file" : Parameters;

    /// <summary>Gets the figures as text: recall, recall of the first, queries per second, and percentiles.</summary>
    public string[] Figures =>
    [
        Text(Recall, "0.0000"), Text(FirstOfFirst, "0.0000"), Text(QueriesPerSecond, "N0"),
        Text(Percentile(0.5), "N1"), Text(Percentile(0.95), "N1"), Text(Percentile(0.99), "N1"), Text(Percentile(1), "N1"),
    ];

    /// <summary>Returns the smallest latency that is not exceeded by a share of the queries.</summary>
    public double Percentile(double share) => Latencies[Math.Clamp((int)Math.Ceiling(share * Latencies.Length) - 1, 0, Latencies.Length - 1)];

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
