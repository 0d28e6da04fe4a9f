using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FaissSdk;

/// <summary>The names under which calls of FAISS are measured and traced.</summary>
/// <remarks>The tags are <c>faiss.operation</c> (search, add or train), <c>faiss.type</c> (the class of the object), <c>faiss.k</c> (searches only) and, for a call that FAISS rejected, <c>error.type</c>. Calls that the SDK refuses before they reach FAISS are not counted.</remarks>
public static class FaissDiagnostics
{
    /// <summary>The name of the <see cref="Meter"/>, whose instruments are <c>faiss.call.duration</c> (seconds) and <c>faiss.call.vectors</c> (the vectors or queries of a call, n).</summary>
    public const string MeterName = "FaissSdk";

    /// <summary>The name of the <see cref="ActivitySource"/>, whose activities are <c>faiss.search</c>, <c>faiss.add</c> and <c>faiss.train</c>; each also has the tag <c>faiss.vectors</c>.</summary>
    public const string ActivitySourceName = "FaissSdk";
}
