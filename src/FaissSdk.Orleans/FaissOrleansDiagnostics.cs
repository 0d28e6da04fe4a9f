using System.Diagnostics.Metrics;

namespace FaissSdk.Orleans;

/// <summary>Provides the name under which the searches of collections are measured.</summary>
public static class FaissOrleansDiagnostics
{
    /// <summary>
    /// The name of the <see cref="Meter"/>. Its instruments: <c>faiss.orleans.search.duration</c> (seconds), <c>faiss.orleans.search.partial</c>, <c>faiss.orleans.calls.pending</c>, <c>.refused</c>,
    /// <c>.hedged</c> and <c>.failed</c>, <c>faiss.orleans.shards</c> and <c>faiss.orleans.shards.size</c> (bytes). Those of searches, and of hedged and failed calls, have the tag <c>faiss.collection</c>.
    /// </summary>
    public const string MeterName = "FaissSdk.Orleans";
}
