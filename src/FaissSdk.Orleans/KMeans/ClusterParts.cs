using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Orleans;

/// <summary>Reaches the points of a k-means on the silos of a cluster.</summary>
internal sealed class ClusterParts : KMeansParts
{
    /// <summary>The version in the keys of grains that need no FAISS.</summary>
    public const string AnyVersion = "any";

    private const int MaxSumsBytes = VectorBlock.MaxBytes / 2;
    private readonly IGrainFactory _grains;
    private readonly PointSetManifest _manifest;
    private readonly KMeansDistribution _distribution;
    private readonly string[] _keys;
    private readonly Guid _training = Guid.NewGuid();
    private ReadOnlyMemory<float> _weights;
    private int _step;
    private TimeSpan _longestAssignment;

    public ClusterParts(IGrainFactory grains, PointSetManifest manifest, KMeansDistribution distribution)
        : base(manifest.Dimension, manifest.Parts.Sum(part => part.Count))
    {
        (_grains, _manifest, _distribution) = (grains, manifest, distribution);
        // Parts without points add nothing.
        Used = [.. Enumerable.Range(0, manifest.Parts.Length).Where(part => manifest.Parts[part].Count > 0)];
        _keys = [.. Used.Select(part => KeyOf(manifest, part))];
    }

    public override string Identity => string.Join("\n", _manifest.Parts.Select(part => part.Checksum).Prepend(_distribution.AddsPartsSeparately ? "separately" : "in order"));

    private int[] Used { get; }

    private IPartRelay Relay => _grains.GetGrain<IPartRelay>(Transient.AnyWay());

    public static string KeyOf(PointSetManifest manifest, int part) => new ShardKey(AnyVersion, 0, 1, string.Create(CultureInfo.InvariantCulture, $"points/{manifest.Name}/part-{part:D5}")).ToString();

    public override Task<double> GetMaxSquaredLengthAsync(CancellationToken cancellationToken) => Task.FromResult(_manifest.Parts.Max(part => part.MaxSquaredLength));

    public override async Task<float[]> CopyPointsAsync(ReadOnlyMemory<int> rows, CancellationToken cancellationToken)
    {
        var copy = new float[checked(rows.Length * Dimension)];
        var members = new List<(int Row, int Place)>[_manifest.Parts.Length];
        var starts = Starts();
        for (var i = 0; i < rows.Length; i++)
        {
            var found = Array.BinarySearch(starts, rows.Span[i]);
            // Of several parts that start at the same point, only the last one has points.
            var part = found < 0 ? ~found - 1 : Array.FindLastIndex(starts, start => start == rows.Span[i]);
            (members[part] ??= []).Add(((int)(rows.Span[i] - starts[part]), i));
        }

        var calls = members.SelectMany((member, part) => (member ?? []).Chunk(Math.Max(1, VectorBlock.RowsOf(Dimension) / 2)).Select(chunk => (part, chunk)));
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (call, cancellation) =>
        {
            var wanted = new IdBlock(Array.ConvertAll(call.chunk, member => (long)member.Row));
            var points = await RepeatAsync(
                async () =>
                {
                    var relay = Relay;
                    await LoadAsync(relay, call.part, default, cancellation).ConfigureAwait(false);
                    return await InTime(relay.Copy(KeyOf(_manifest, call.part), _manifest.Parts[call.part], Dimension, wanted), cancellation).ConfigureAwait(false);
                },
                cancellation).ConfigureAwait(false);
            for (var i = 0; i < call.chunk.Length; i++)
            {
                points.Values.Slice(i * Dimension, Dimension).CopyTo(copy.AsMemory(call.chunk[i].Place * Dimension));
            }
        }).ConfigureAwait(false);
        return copy;
    }

    public override Task SetWeightsAsync(ReadOnlyMemory<float> weights, CancellationToken cancellationToken)
    {
        // Sent with the first step, and again to parts that have lost them.
        _weights = weights;
        return Task.CompletedTask;
    }

    public override async Task<IReadOnlyList<KMeansSums>> SumAsync(ReadOnlyMemory<float> centroids, bool isWeighted, KMeansOptions options, CancellationToken cancellationToken)
    {
        var token = new KMeansToken(_training, ++_step, isWeighted);
        var partOptions = PartOptions.Of(options);
        await AssignAsync(token, centroids, partOptions, cancellationToken).ConfigureAwait(false);
        var blocks = Blocks(centroids.Length / Dimension);
        var sums = new KMeansSums[blocks.Length];
        // As many blocks as there are parts are in progress, and two more wait for the first part.
        var parallelism = new ParallelOptions { MaxDegreeOfParallelism = _keys.Length + 2, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, blocks.Length, parallelism, async (i, cancellation) =>
        {
            var isRepeated = false;
            sums[i] = await RepeatAsync(
                async () =>
                {
                    if (isRepeated)
                    {
                        await AssignAsync(token, centroids, partOptions, cancellation).ConfigureAwait(false);
                    }

                    isRepeated = true;
                    return await (_distribution.AddsPartsSeparately ? AddSeparatelyAsync(token, blocks[i], cancellation) : AddInOrderAsync(token, blocks[i], _keys, cancellation)).ConfigureAwait(false);
                },
                cancellation).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return sums;
    }

    private async Task<KMeansSums> AddInOrderAsync(KMeansToken token, (int Start, int End) block, string[] keys, CancellationToken cancellationToken)
    {
        // Adding a point takes less time than comparing it with all centroids, but the parts add one after the other.
        var limit = _distribution.RepeatAfter + (_longestAssignment * keys.Length);
        var call = Relay.Sum(keys, token, block.Start, block.End, cancellationToken);
        Transient.Observe(call);
        return KMeansSums.Import(await call.WaitAsync(limit, cancellationToken).ConfigureAwait(false));
    }

    private async Task<KMeansSums> AddSeparatelyAsync(KMeansToken token, (int Start, int End) block, CancellationToken cancellationToken)
    {
        var parts = await Task.WhenAll(_keys.Select(key => AddInOrderAsync(token, block, [key], cancellationToken))).ConfigureAwait(false);
        foreach (var part in parts.AsSpan(1))
        {
            parts[0].Add(part);
        }

        return parts[0];
    }

    private Task<bool[]> AssignAsync(KMeansToken token, ReadOnlyMemory<float> centroids, PartOptions options, CancellationToken cancellationToken) =>
        Task.WhenAll(Used.Select(part => RepeatAsync(() => AssignAsync(part, token, centroids, options, cancellationToken), cancellationToken)));

    private async Task<bool> AssignAsync(int part, KMeansToken token, ReadOnlyMemory<float> centroids, PartOptions options, CancellationToken cancellationToken)
    {
        var (relay, key, files) = (Relay, KeyOf(_manifest, part), _manifest.Parts[part]);
        var state = await LoadAsync(relay, part, token, cancellationToken).ConfigureAwait(false);
        if (state.IsAssigned)
        {
            return true;
        }

        const int weightsAtOnce = VectorBlock.MaxBytes / sizeof(float) / 2;
        for (var start = 0; !state.HasWeights && start < files.Count; start += weightsAtOnce)
        {
            var piece = _weights.Slice((int)Starts()[part] + start, (int)Math.Min(weightsAtOnce, files.Count - start));
            await InTime(relay.SetWeights(key, token, start, new VectorBlock(piece, 1)), cancellationToken).ConfigureAwait(false);
        }

        var (all, rows) = (new VectorBlock(centroids, Dimension), Math.Max(1, VectorBlock.RowsOf(Dimension) / 2));
        for (var start = 0; start < all.Count; start += rows)
        {
            await InTime(relay.SetCentroids(key, token, all.Count, start, all.Slice(start, Math.Min(rows, all.Count - start))), cancellationToken).ConfigureAwait(false);
        }

        var began = Stopwatch.GetTimestamp();
        while (!await InTime(relay.Assign(key, token, options), cancellationToken).ConfigureAwait(false))
        {
        }

        NoteAssignment(Stopwatch.GetElapsedTime(began));
        return true;
    }

    /// <summary>Waits until a part has loaded its points, which may take longer than an answer.</summary>
    private async Task<PartState> LoadAsync(IPartRelay relay, int part, KMeansToken token, CancellationToken cancellationToken)
    {
        PartState state;
        do
        {
            state = await InTime(relay.Begin(KeyOf(_manifest, part), _manifest.Parts[part], Dimension, token), cancellationToken).ConfigureAwait(false);
        }
        while (!state.IsLoaded);
        return state;
    }

    private Task<T> InTime<T>(Task<T> call, CancellationToken cancellationToken)
    {
        Transient.Observe(call);
        return call.WaitAsync(_distribution.RepeatAfter, cancellationToken);
    }

    private Task InTime(Task call, CancellationToken cancellationToken)
    {
        Transient.Observe(call);
        return call.WaitAsync(_distribution.RepeatAfter, cancellationToken);
    }

    private void NoteAssignment(TimeSpan duration)
    {
        lock (_keys)
        {
            _longestAssignment = duration > _longestAssignment ? duration : _longestAssignment;
        }
    }

    private (int Start, int End)[] Blocks(int clusters)
    {
        // Sums in both precisions, sizes, weights and squares.
        var most = Math.Max(1, MaxSumsBytes / ((12 * Dimension) + 24));
        var rows = Math.Min(most, _distribution.ClustersPerBlock ?? Math.Max(1, clusters / _keys.Length));
        return [.. Enumerable.Range(0, (clusters + rows - 1) / rows).Select(i => (i * rows, Math.Min(clusters, (i + 1) * rows)))];
    }

    private long[] Starts()
    {
        var starts = new long[_manifest.Parts.Length];
        for (var part = 1; part < starts.Length; part++)
        {
            starts[part] = starts[part - 1] + _manifest.Parts[part - 1].Count;
        }

        return starts;
    }

    private async Task<T> RepeatAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await Transient.RetryAsync(call, _distribution.Timeout, cancellationToken, error => error is PointsLostException or ShardBusyException).ConfigureAwait(false);
        }
        catch (Exception error) when (Transient.Is(error) || error is PointsLostException or ShardBusyException)
        {
            throw new ShardUnavailableException($"A part of the points '{_manifest.Name}' could not be reached for {_distribution.Timeout}: {error.Message} Start its silo, and train again from the checkpoint.", error);
        }
    }
}
