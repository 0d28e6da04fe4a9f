using System.Diagnostics;

namespace FaissSdk.Orleans.Host;

/// <summary>Searches a collection without a pause, and compares the answers with those of one index.</summary>
internal sealed class Load(ShardedCollection collection, FaissIndex local, int k)
{
    private readonly Lock _lock = new();
    private int _next;
    private long? _marked;

    public int Answers { get; private set; }

    public int Failed { get; private set; }

    public int Wrong { get; private set; }

    /// <summary>Gets the time from the mark to the first answer of a call that began after it.</summary>
    public TimeSpan? FirstAnswer { get; private set; }

    public TimeSpan Longest { get; private set; }

    public void Mark()
    {
        lock (_lock)
        {
            _marked = Stopwatch.GetTimestamp();
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var query = SampleCollection.Vector(Interlocked.Increment(ref _next) * 37 % SampleCollection.Count);
            var start = Stopwatch.GetTimestamp();
            ShardedSearchResult? answer = null;
            try
            {
                answer = await collection.SearchAsync(query, k, cancellationToken: CancellationToken.None);
            }
            // Whatever a caller sees while a silo is lost is counted.
#pragma warning disable CA1031
            catch (Exception error)
            {
                await Console.Error.WriteLineAsync($"{error.GetType().Name}: {error.Message}");
            }
#pragma warning restore CA1031

            Note(start, answer, query.Span);
        }
    }

    private void Note(long start, ShardedSearchResult? answer, ReadOnlySpan<float> query)
    {
        var isRight = answer is not null && answer.IsComplete && answer.Result.Ids.SequenceEqual(local.Search(query, k).Ids);
        lock (_lock)
        {
            Answers += answer is null ? 0 : 1;
            Failed += answer is null ? 1 : 0;
            Wrong += answer is null || isRight ? 0 : 1;
            var duration = Stopwatch.GetElapsedTime(start);
            Longest = duration > Longest ? duration : Longest;
            if (isRight && _marked is { } marked && start > marked)
            {
                FirstAnswer ??= Stopwatch.GetElapsedTime(marked);
            }
        }
    }
}
