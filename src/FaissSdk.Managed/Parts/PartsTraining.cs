using System.Diagnostics;
using System.Globalization;

namespace FaissSdk;

/// <summary>Trains a k-means on points that are held in parts.</summary>
internal sealed class PartsTraining
{
    private readonly KMeansParts _parts;
    private readonly int _clusters;
    private readonly KMeansOptions _options;
    private readonly string? _checkpointPath;
    private readonly IProgress<KMeansIteration>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly LloydUpdate _update;
    private readonly CentroidAccumulator _sums;

    private PartsTraining(KMeansParts parts, int clusters, KMeansOptions options, string? checkpointPath, IProgress<KMeansIteration>? progress, CancellationToken cancellationToken)
    {
        (_parts, _clusters, _options, _checkpointPath, _progress, _cancellationToken) = (parts, clusters, options, checkpointPath, progress, cancellationToken);
        (_update, _sums) = (new LloydUpdate(parts.Dimension, clusters, options), new CentroidAccumulator(clusters, parts.Dimension));
    }

    private int Count => (int)_parts.Count;

    public static Task<KMeansResult> TrainAsync(KMeansParts parts, int clusters, KMeansOptions options, string? checkpointPath, IProgress<KMeansIteration>? progress, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clusters);
        KMeansInput.CheckOptions(options);
        CheckSupported(options);
        KMeansInput.CheckCentroids(clusters, parts.Dimension);
        if (parts.Count < clusters)
        {
            throw new ArgumentException($"parts holds {parts.Count} vectors, which is fewer than the {clusters} clusters requested.", nameof(parts));
        }

        KMeansInput.CheckVectors((int)parts.Count, parts.Dimension, clusters, options);
        if (checkpointPath is not null)
        {
            Checkpoint.CheckSize(parts.Dimension, clusters, hasSums: false, nameof(checkpointPath));
            Checkpoint.CheckWritable(checkpointPath, nameof(checkpointPath));
        }

        cancellationToken.ThrowIfCancellationRequested();
        var used = KMeansDriver.UsedPoints((int)parts.Count, clusters, options);
        var isSampled = used < parts.Count || used == clusters;
        if (isSampled)
        {
            KMeansInput.CheckSample(used, parts.Dimension, clusters, options);
        }

        var training = new PartsTraining(parts, clusters, options, checkpointPath, progress, cancellationToken);
        return isSampled ? training.TrainOnSampleAsync(used) : training.TrainOnAllAsync();
    }

    private static void CheckSupported(KMeansOptions options)
    {
        if (options.Center)
        {
            throw new ArgumentException($"{nameof(options.Center)} is set, which would change the points of all parts; subtract their mean before they are stored.", nameof(options));
        }

        if (options.Backend is not (KMeansBackend.Auto or KMeansBackend.Managed))
        {
            throw new ArgumentException($"{nameof(options.Backend)} is {options.Backend}, which needs all points in memory. Set it to {nameof(KMeansBackend.Managed)} or {nameof(KMeansBackend.Auto)}.", nameof(options));
        }
    }

    // A sample is small enough for the machine that trains.
    private async Task<KMeansResult> TrainOnSampleAsync(int used)
    {
        var rows = SampleRows(used, out var weights);
        var sample = await _parts.CopyPointsAsync(rows, _cancellationToken).ConfigureAwait(false);
        return TrainOnSample(sample, weights, used);
    }

    private int[] SampleRows(int used, out float[] sampleWeights)
    {
        var weights = TrainingWeights.Of(_options.Weights.Span);
        if (used < Count && weights.AreDifferent)
        {
            var sampled = weights.Sample(used, _options.Seed, out var rows);
            sampleWeights = sampled.Values.ToArray();
            return rows;
        }

        sampleWeights = [];
        // FAISS copies the first k points, even if it was to sample k of more points.
        return used == _clusters ? [.. Enumerable.Range(0, used)] : RandomSample.SubsampleRows(Count, used, _options.Seed);
    }

    private KMeansResult TrainOnSample(float[] sample, float[] weights, int used)
    {
        var all = TrainingWeights.Of(_options.Weights.Span);
        var sampled = weights.Length > 0 ? all.Sample(used, _options.Seed, out _) : all;
        if (_checkpointPath is not null && used > _clusters)
        {
            return SourceTraining.TrainOnSample(sample, sampled, _parts.Dimension, _clusters, Count, IdentityChecksum(), _options, _checkpointPath, _progress, _cancellationToken);
        }

        var points = TrainingPoints.Of(sample, sampled, _parts.Dimension, _options, "parts");
        return KMeansDriver.Train(points, Count, _parts.Dimension, _clusters, used, _options, (d, k, o) => new ManagedKMeansEngine(d, k, o), _progress, _cancellationToken);
    }

    private async Task<KMeansResult> TrainOnAllAsync()
    {
        if (_options.InitialCentroids.IsEmpty && _options.Initialization == KMeansInitialization.KMeansPlusPlus)
        {
            throw KMeansInput.Rejected(
                $"{nameof(_options.Initialization)} is {nameof(KMeansInitialization.KMeansPlusPlus)}, which would read all points {_clusters} times. Use a sample ({nameof(_options.MaxPointsPerCentroid)}), and its result as {nameof(_options.InitialCentroids)}.", "options");
        }

        CheckMagnitude(await _parts.GetMaxSquaredLengthAsync(_cancellationToken).ConfigureAwait(false));
        var (weights, scale) = ScaleWeights();
        await _parts.SetWeightsAsync(weights, _cancellationToken).ConfigureAwait(false);
        var checkpoint = _checkpointPath is null ? null : new Checkpoint(_checkpointPath, Describe());
        var state = checkpoint?.Load(_parts.Dimension, _clusters, null) ?? new SourceState();
        var clock = Stopwatch.StartNew();
        var before = state.Elapsed;
        for (; state.Redo < _options.Redos; state = state.NextRedo())
        {
            var centroids = state.Centroids is { } resumed ? (float[])resumed.Clone() : await StartAsync(weights, state.Redo).ConfigureAwait(false);
            while (!state.HasEnded(_options))
            {
                _cancellationToken.ThrowIfCancellationRequested();
                var step = await StepAsync(centroids, weights.Length > 0).ConfigureAwait(false);
                state = state.Next(step, (float[])centroids.Clone(), scale, before + clock.Elapsed, _options);
                checkpoint?.Save(state, null);
                _progress?.Report(state.Iterations[^1]);
            }

            state = state.WithBest(_options.Spherical);
        }

        return state.ToResult(_parts.Dimension, null, Count, Count, _options);
    }

    private async Task<float[]> StartAsync(float[] weights, int redo)
    {
        var centroids = _options.InitialCentroids.ToArray();
        if (centroids.Length == 0)
        {
            var seed = RandomSample.SeedOfRedo(_options.Seed, redo);
            var rows = weights.Length > 0 ? RandomSample.WeightedRows(weights, _clusters, seed).Rows : RandomSample.Permutation(Count, _clusters, seed);
            centroids = await _parts.CopyPointsAsync(rows, _cancellationToken).ConfigureAwait(false);
        }

        _update.PostProcess(centroids);
        return centroids;
    }

    private async Task<LloydStep> StepAsync(float[] centroids, bool isWeighted)
    {
        var sums = await _parts.SumAsync(centroids, isWeighted, _options, _cancellationToken).ConfigureAwait(false);
        _update.Clear(_sums, isWeighted);
        var clusters = 0;
        foreach (var block in sums)
        {
            if (block.Dimension != _parts.Dimension || block.EndCluster > _clusters || block.IsWeighted != isWeighted || (block.Single is null, block.Double is null) != (!_sums.HasSingle, !_sums.HasDouble))
            {
                throw new InvalidOperationException($"{nameof(KMeansParts.SumAsync)} returned sums of clusters {block.StartCluster} to {block.EndCluster} that are not those of this training.");
            }

            _sums.Take(block);
            clusters += block.EndCluster - block.StartCluster;
        }

        if (clusters != _clusters || sums.Sum(block => block.Count) != Count)
        {
            throw new InvalidOperationException($"{nameof(KMeansParts.SumAsync)} returned sums of {clusters} clusters and {sums.Sum(block => block.Count)} points; there are {_clusters} clusters and {Count} points.");
        }

        return _update.Apply(_sums, Count, isWeighted, centroids, _cancellationToken);
    }

    private (float[] Values, double Scale) ScaleWeights()
    {
        var weights = TrainingWeights.Of(_options.Weights.Span);
        return (weights.Values.ToArray(), weights.Scale);
    }

    private void CheckMagnitude(double maxNorm)
    {
        // The mean of the weights is less than 2.
        var weights = TrainingWeights.Of(_options.Weights.Span);
        var terms = weights.AreDifferent ? 2L * Count : Count;
        if (4.0 * terms * maxNorm > float.MaxValue)
        {
            throw KMeansInput.Rejected(string.Create(CultureInfo.InvariantCulture, $"parts has a vector of length {Math.Sqrt(maxNorm):G3}: sums of squared distances would overflow single precision. Scale the data down."), "parts");
        }

        TrainingPoints.CheckMagnitude(maxNorm, _options.InitialCentroids.Span, _parts.Dimension, terms, weights, _options);
    }

    private ulong IdentityChecksum() => Checksum.Of(System.Text.Encoding.UTF8.GetBytes(_parts.Identity));

    private string Describe() => Checkpoint.Describe(_parts.Dimension, _clusters, Count, IdentityChecksum(), _options, KMeansSourceOptions.Default);
}
