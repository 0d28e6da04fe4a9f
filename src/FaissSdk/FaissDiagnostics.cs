using System.Diagnostics;
using System.Diagnostics.Metrics;
using FaissSdk.Interop;

namespace FaissSdk;

/// <summary>Provides the names under which calls of FAISS are measured and traced, and what FAISS prints.</summary>
/// <remarks>The tags are <c>faiss.operation</c> (search, add or train), <c>faiss.type</c> (the class of the object), <c>faiss.k</c> (searches only) and, for a call that FAISS rejected, <c>error.type</c>. Calls that the SDK refuses before they reach FAISS are not counted.</remarks>
public static class FaissDiagnostics
{
    /// <summary>The name of the <see cref="Meter"/>, whose instruments are <c>faiss.call.duration</c> (seconds) and <c>faiss.call.vectors</c> (the vectors or queries of a call, n).</summary>
    public const string MeterName = "FaissSdk";

    /// <summary>The name of the <see cref="ActivitySource"/>, whose activities are <c>faiss.search</c>, <c>faiss.add</c> and <c>faiss.train</c>; each also has the tag <c>faiss.vectors</c>.</summary>
    public const string ActivitySourceName = "FaissSdk";

    /// <summary>Occurs when FAISS prints a line, such as the warning that there are few training points. Without a listener, warnings are dropped and counted.</summary>
    /// <remarks>
    /// A listener runs on the thread that prints, which may be one of FAISS's own, in the middle of the call of FAISS: it should be
    /// short, and must not use the index of that call. Its exceptions are caught and counted (<see cref="ListenerExceptions"/>). The
    /// first argument is <see langword="null"/>. Progress that <see cref="FaissIndex.Verbose"/> turns on, and reports, are written to
    /// <see cref="Console.Out"/> while there is no listener. A native library that was not built for FaissSdk prints to the streams of
    /// the process instead.
    /// </remarks>
    public static event EventHandler<FaissMessageEventArgs>? MessagePrinted
    {
        add => PrintedMessages.Printed += value;
        remove => PrintedMessages.Printed -= value;
    }

    /// <summary>Gets the number of warnings of FAISS that no listener received.</summary>
    public static long DroppedWarnings => PrintedMessages.DroppedWarnings;

    /// <summary>Gets the number of exceptions that listeners of <see cref="MessagePrinted"/> threw.</summary>
    public static long ListenerExceptions => PrintedMessages.ListenerExceptions;
}
