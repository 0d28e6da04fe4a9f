using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FaissSdk.Tests.Diagnostics;

/// <summary>Listens to the meter and the activity source of the SDK, and keeps what it hears.</summary>
internal sealed class Listeners : IDisposable
{
    private readonly MeterListener _meter = new();
    private readonly ActivityListener _activities;

    public Listeners()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == FaissDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Activities.Add,
        };
        ActivitySource.AddActivityListener(_activities);
        _meter.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == FaissDiagnostics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meter.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Measurements.Add(new(instrument.Name, instrument.Unit, value, tags.ToArray().ToDictionary())));
        _meter.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measurements.Add(new(instrument.Name, instrument.Unit, value, tags.ToArray().ToDictionary())));
        _meter.Start();
    }

    public List<Activity> Activities { get; } = [];

    public List<Measurement> Measurements { get; } = [];

    public void Dispose()
    {
        _meter.Dispose();
        _activities.Dispose();
    }

    internal sealed record Measurement(string Name, string? Unit, double Value, Dictionary<string, object?> Tags);
}
