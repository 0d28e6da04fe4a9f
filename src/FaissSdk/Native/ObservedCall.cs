using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace FaissSdk.Native;

/// <summary>Represents a call of FAISS that is measured or traced. It exists only while someone listens, so that other calls allocate nothing.</summary>
internal sealed class ObservedCall : IDisposable
{
    private static readonly string? Version = typeof(ObservedCall).Assembly.GetName().Version?.ToString(3);
    private static readonly ActivitySource Source = new(FaissDiagnostics.ActivitySourceName, Version);
    private static readonly Meter Meter = new(FaissDiagnostics.MeterName, Version);

    // No instrument is observable: the meter would keep its callback, and with that the load context of a plugin.
    // A search takes from microseconds to seconds, training up to hours.
    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "faiss.call.duration", "s", "The duration of calls of FAISS.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 60, 600, 3600] });

    private static readonly Histogram<long> Vectors = Meter.CreateHistogram(
        "faiss.call.vectors", "{vector}", "The number of vectors or queries of a call of FAISS.", tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000] });

    private readonly Activity? _activity;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly long _vectors;
    private TagList _tags;
    private bool _succeeded;

    private ObservedCall(string operation, object target, long vectors, int? k)
    {
        _vectors = vectors;
        _tags.Add("faiss.operation", operation);
        _tags.Add("faiss.type", target.GetType().Name);
        if (k is not null)
        {
            _tags.Add("faiss.k", k);
        }

        _activity = Source.StartActivity("faiss." + operation);
        if (_activity?.IsAllDataRequested == true)
        {
            foreach (var (name, value) in _tags)
            {
                _activity.SetTag(name, value);
            }

            _activity.SetTag("faiss.vectors", vectors);
        }
    }

    /// <summary>Starts a call, which ends with <see cref="Dispose"/>.</summary>
    /// <param name="operation">The operation: search, add or train.</param>
    /// <param name="target">The object whose class is recorded.</param>
    /// <param name="vectors">The number of vectors or queries.</param>
    /// <param name="k">The number of neighbors of a search.</param>
    /// <returns>The call, or <see langword="null"/> if nobody listens.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ObservedCall? Start(string operation, object target, long vectors, int? k = null) =>
        Duration.Enabled || Vectors.Enabled || Source.HasListeners() ? new ObservedCall(operation, target, vectors, k) : null;

    /// <summary>Notes that FAISS has accepted the call.</summary>
    public void Succeed() => _succeeded = true;

    public void Dispose()
    {
        if (!_succeeded)
        {
            _tags.Add("error.type", typeof(FaissException).FullName);
            _activity?.SetTag("error.type", typeof(FaissException).FullName).SetStatus(ActivityStatusCode.Error);
        }

        _activity?.Dispose();
        Duration.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds, _tags);
        Vectors.Record(_vectors, _tags);
    }
}
