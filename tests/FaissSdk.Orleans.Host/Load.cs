using System.Diagnostics;

namespace FaissSdk.Orleans.Host;

/// <summary>Searches a collection without a pause, and compares the answers with those of one index.</summary>
internal sealed class Load(ShardedCollection collection, FaissIndex local, int k)
{
    private readonly Lock _lock = new();
    private int _next;
    private long? _marked;
    private long _lastGood;

    public int Answers { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Gets the number of answers that are wrong or incomplete.</summary>
    public int Wrong { get; private set; }

    /// <summary>Gets the time from the mark to the first correct answer of a call that began after it.</summary>
    public TimeSpan? FirstAnswer { get; private set; }

    /// <summary>Gets the longest time between two correct answers after the mark.</summary>
    public TimeSpan LongestSilence { get; private set; }

    /// <summary>Gets the duration of the longest call.</summary>
    public TimeSpan Longest { get; private set; }

    public void Mark()
    {
        lock (_lock)
        {
            _marked = _lastGood = Stopwatch.GetTimestamp();
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await SearchAsync();
        }
    }

    /// <summary>Searches for one vector.</summary>
    public async Task SearchAsync()
    {
        var query = SampleCollection.Vector(Interlocked.Increment(ref _next) * 37 % SampleCollection.Count);
        var start = Stopwatch.GetTimestamp();
        ShardedSearchResult? answer = null;
        try
        {
            answer = await collection.SearchAsync(query, k, cancellationToken: CancellationToken.None);
        }
        // Any exception that a caller sees while a silo is lost is counted.
#pragma warning disable CA1031
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync($"{error.GetType().Name}: {error.Message}");
        }
#pragma warning restore CA1031

        Note(start, Stopwatch.GetTimestamp(), answer, query.Span);
    }

    private void Note(long start, long end, ShardedSearchResult? answer, ReadOnlySpan<float> query)
    {
        var isRight = answer is not null && answer.IsComplete && answer.Result.Ids.SequenceEqual(local.Search(query, k).Ids);
        lock (_lock)
        {
            Answers += answer is null ? 0 : 1;
            Failed += answer is null ? 1 : 0;
            Wrong += answer is null || isRight ? 0 : 1;
            Longest = Longer(Longest, Stopwatch.GetElapsedTime(start, end));
            if (!isRight || _marked is not { } marked || end < marked)
            {
                return;
            }

            LongestSilence = Longer(LongestSilence, Stopwatch.GetElapsedTime(Math.Min(_lastGood, end), end));
            _lastGood = Math.Max(_lastGood, end);
            if (start > marked)
            {
                FirstAnswer ??= Stopwatch.GetElapsedTime(marked, end);
            }
        }
    }

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
