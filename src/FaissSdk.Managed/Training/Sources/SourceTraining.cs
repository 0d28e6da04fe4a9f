using System.Diagnostics;
using System.Globalization;

namespace FaissSdk;

/// <summary>Trains a k-means on vectors that are read from a source again in each iteration.</summary>
internal sealed class SourceTraining
{
    private readonly VectorSequence _source;
    private readonly string _name;
    private readonly int _dimension;
    private readonly int _clusters;
    private readonly KMeansOptions _options;
    private readonly KMeansSourceOptions _sourceOptions;
    private readonly SourceBuffers _buffers;
    private readonly SearchTuning? _tuning;
    private readonly CancellationToken _cancellationToken;

    private SourceTraining(VectorSequence source, int clusters, KMeansOptions options, KMeansSourceOptions sourceOptions, SourceTuning tuning, CancellationToken cancellationToken, SourceBuffers? buffers = null, string name = "source")
    {
        (_source, _name, _dimension, _clusters, _options, _sourceOptions, _tuning, _cancellationToken) = (source, name, source.Dimension, clusters, options, sourceOptions, tuning.Search, cancellationToken);
        _buffers = buffers ?? new SourceBuffers(_dimension, tuning.ChunkRows ?? SourceMemory.RowsFor(source, clusters, sourceOptions.MemoryLimit, LargestSampleBytes()));
    }

    /// <summary>Trains on all vectors of a source, or on a sample of them.</summary>
    /// <param name="source">The source.</param>
    /// <param name="clusters">The number of clusters, k.</param>
    /// <param name="options">The options of the training.</param>
    /// <param name="sourceOptions">The options of reading.</param>
    /// <param name="createEngine">Creates the engine that trains on a sample.</param>
    /// <param name="tuning">What tests fix or observe.</param>
    /// <param name="progress">Receives a report after each iteration.</param>
    /// <param name="cancellationToken">The token that is checked before each chunk.</param>
    public static KMeansResult Train(
        VectorSequence source,
        int clusters,
        KMeansOptions options,
        KMeansSourceOptions sourceOptions,
        Func<int, int, KMeansOptions, IKMeansEngine> createEngine,
        SourceTuning tuning,
        IProgress<KMeansIteration>? progress,
        CancellationToken cancellationToken)
    {
        CheckOptions(clusters, options, sourceOptions);
        CheckSize(source, clusters, options);

        if (sourceOptions.CheckpointPath is { } path)
        {
            Checkpoint.CheckSize(source.Dimension, clusters, sourceOptions.BatchSize > 0, nameof(sourceOptions));
            Checkpoint.CheckWritable(path, nameof(sourceOptions));
        }

        cancellationToken.ThrowIfCancellationRequested();
        using var spinning = ParallelBlocks.KeepThreadsSpinning();
        var training = new SourceTraining(source, clusters, options, sourceOptions, tuning, cancellationToken);
        var mean = options.Center ? new double[source.Dimension] : null;
        var weights = TrainingWeights.Of(options.Weights.Span);
        var facts = training.Survey(mean, weights.Values, out var total);
        if (facts.Count < clusters)
        {
            throw new ArgumentException($"source holds {facts.Count} vectors, which is fewer than the {clusters} clusters requested.", nameof(source));
        }

        KMeansInput.CheckVectors(facts.Count, source.Dimension, clusters, options);
        var used = KMeansDriver.UsedPoints(facts.Count, clusters, options);
        if (used < facts.Count || used == clusters)
        {
            KMeansInput.CheckSample(used, source.Dimension, clusters, options);
            return training.TrainOnSample(facts, used, weights, createEngine, tuning, progress);
        }

        var centered = mean is null ? null : Array.ConvertAll(mean, sum => (float)(options.IntegerCentroids ? Math.Round(sum / total) : sum / total));
        return training.TrainOnAll(facts, facts.Count, facts.Checksum, weights, centered, progress);
    }

    /// <summary>Trains on a sample of parts in memory, with a checkpoint.</summary>
    /// <param name="sample">The sample (m × d), m greater than k.</param>
    /// <param name="weights">The weights of its points.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="clusters">The number of clusters, k.</param>
    /// <param name="pointCount">The number of points that it was drawn from.</param>
    /// <param name="checksum">What identifies these points.</param>
    /// <param name="options">The options of the training.</param>
    /// <param name="checkpointPath">The path of the checkpoint.</param>
    /// <param name="progress">Receives a report after each iteration.</param>
    /// <param name="cancellationToken">The token that is checked before each chunk.</param>
    public static KMeansResult TrainOnSample(
        float[] sample,
        TrainingWeights weights,
        int dimension,
        int clusters,
        long pointCount,
        ulong checksum,
        KMeansOptions options,
        string checkpointPath,
        IProgress<KMeansIteration>? progress,
        CancellationToken cancellationToken)
    {
        using var spinning = ParallelBlocks.KeepThreadsSpinning();
        var training = new SourceTraining(VectorSequence.FromMemory(sample, dimension), clusters, options with { Weights = weights.Values.ToArray() }, new KMeansSourceOptions { CheckpointPath = checkpointPath }, default, cancellationToken, name: "parts");
        return training.TrainInMemory(sample, pointCount, checksum, weights, progress);
    }

    private static void CheckOptions(int clusters, KMeansOptions options, KMeansSourceOptions sourceOptions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clusters);
        KMeansInput.CheckOptions(options);
        if (sourceOptions.BatchSize < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(sourceOptions), sourceOptions.BatchSize, $"{nameof(sourceOptions.BatchSize)} is {sourceOptions.BatchSize}; it must be 0 or greater.");
        }
    }

    /// <summary>Refuses what arrays do not hold before the source is read, as far as it announces its size.</summary>
    private static void CheckSize(VectorSequence source, int clusters, KMeansOptions options)
    {
        if (source.Dimension > SourceBuffers.MaxDimension)
        {
            throw KMeansInput.Rejected($"source has vectors of dimension {source.Dimension}; a training on a source supports at most {SourceBuffers.MaxDimension}.", nameof(source));
        }

        KMeansInput.CheckCentroids(clusters, source.Dimension);
        if (source.Count is not { } count)
        {
            return;
        }

        if (count > int.MaxValue)
        {
            throw KMeansInput.Rejected(string.Create(CultureInfo.InvariantCulture, $"source has {count} vectors; a training takes at most {int.MaxValue}. Train on a part of them."), nameof(source));
        }

        // Fewer vectors than clusters are refused with their number once they have been counted.
        if (count > clusters && KMeansDriver.UsedPoints((int)count, clusters, options) is var used && used < count)
        {
            KMeansInput.CheckSample(used, source.Dimension, clusters, options);
        }
    }

    /// <summary>Reads all vectors once, and checks that they are finite.</summary>
    /// <param name="mean">Receives the weighted sum of the vectors (d), unless null.</param>
    /// <param name="weights">The weights of the vectors (n), or empty.</param>
    /// <param name="total">Receives the sum of the weights.</param>
    private SourceFacts Survey(double[]? mean, ReadOnlySpan<float> weights, out double total)
    {
        total = 0.0;
        using var pass = new SourcePass(_source, _buffers, null, null, _options.Threads, _cancellationToken);
        while (pass.MoveNext())
        {
            for (var i = 0; mean is not null && i < pass.Rows; i++)
            {
                // Weights of another number than vectors are rejected later.
                var weight = pass.First + i < weights.Length ? weights[pass.First + i] : 1.0;
                total += weight;
                var vector = pass.Points.Slice(i * _dimension, _dimension);
                for (var j = 0; j < mean.Length; j++)
                {
                    mean[j] += weight * vector[j];
                }
            }
        }

        return pass.Facts;
    }

    private KMeansResult TrainOnSample(SourceFacts facts, int used, TrainingWeights weights, Func<int, int, KMeansOptions, IKMeansEngine> createEngine, SourceTuning tuning, IProgress<KMeansIteration>? progress)
    {
        int[] rows;
        if (used < facts.Count && weights.AreDifferent)
        {
            weights = weights.Sample(used, _options.Seed, out rows);
        }
        else
        {
            // FAISS copies the first k points, even if it was to sample k of more points.
            rows = used == _clusters ? [.. Enumerable.Range(0, used)] : RandomSample.SubsampleRows(facts.Count, used, _options.Seed);
        }

        CheckSampleFits(used);
        var sample = Gather(facts, rows, mean: null, out _);
        if (used == _clusters || (_sourceOptions.BatchSize == 0 && _sourceOptions.CheckpointPath is null))
        {
            var points = TrainingPoints.Of(sample, weights, _dimension, _options, _name);
            return KMeansDriver.Train(points, facts.Count, _dimension, _clusters, used, _options, createEngine, progress, _cancellationToken);
        }

        // The chunks of the source serve the sample too, which takes its part of the limit.
        var sourceOptions = _sourceOptions with { MemoryLimit = _sourceOptions.MemoryLimit - SampleBytes(used) };
        var inMemory = new SourceTraining(VectorSequence.FromMemory(sample, _dimension), _clusters, _options with { Weights = weights.Values.ToArray() }, sourceOptions, tuning, _cancellationToken, _buffers);
        return inMemory.TrainInMemory(sample, facts.Count, facts.Checksum, weights, progress);
    }

    // The source is the sample.
    private KMeansResult TrainInMemory(float[] sample, long pointCount, ulong checksum, TrainingWeights weights, IProgress<KMeansIteration>? progress)
    {
        var mean = _options.Center ? new double[_dimension] : null;
        var facts = Survey(mean, weights.Values, out var total);
        var centered = mean is null ? null : Array.ConvertAll(mean, sum => (float)(_options.IntegerCentroids ? Math.Round(sum / total) : sum / total));
        return TrainOnAll(facts, pointCount, checksum, weights, centered, progress, sample);
    }

    // The sample, the copy less the mean that k-means++ starts from, and what is known of each point.
    private long SampleBytes(long used)
    {
        var copies = _options is { Center: true, Initialization: KMeansInitialization.KMeansPlusPlus } ? 2L : 1L;
        return used * ((sizeof(float) * ((copies * _dimension) + 4)) + (_dimension * sizeof(float) / 4));
    }

    private long LargestSampleBytes()
    {
        var most = (long)_clusters * _options.MaxPointsPerCentroid;
        return most < (_source.Count ?? int.MaxValue) ? SampleBytes(most) : 0;
    }

    private void CheckSampleFits(int used)
    {
        var needed = SourceMemory.MinBytesOf(_source, _clusters) + SampleBytes(used);
        if (_sourceOptions.MemoryLimit < needed)
        {
            throw KMeansInput.Rejected(
                $"{nameof(_sourceOptions.MemoryLimit)} is {_sourceOptions.MemoryLimit} bytes; a sample of {used} vectors in memory needs {needed} at least. Set {nameof(_options.MaxPointsPerCentroid)} to fewer vectors, or to all, which are not held in memory.", "sourceOptions");
        }
    }

    /// <summary>Reads some vectors (m × d), less the mean, in the order of their rows.</summary>
    /// <param name="facts">What the first pass has found.</param>
    /// <param name="rows">The numbers of the vectors (m).</param>
    /// <param name="mean">The mean (d), or null.</param>
    /// <param name="found">Receives what this pass has found.</param>
    private float[] Gather(SourceFacts facts, int[] rows, float[]? mean, out SourceFacts found)
    {
        var gathered = new float[rows.Length * _dimension];
        var (sorted, places) = ((int[])rows.Clone(), Enumerable.Range(0, rows.Length).ToArray());
        Array.Sort(sorted, places);
        var next = 0;
        using var pass = new SourcePass(_source, _buffers, facts, mean, _options.Threads, _cancellationToken);
        while (pass.MoveNext())
        {
            for (; next < sorted.Length && sorted[next] < pass.First + pass.Rows; next++)
            {
                pass.Points.Slice((sorted[next] - pass.First) * _dimension, _dimension).CopyTo(gathered.AsSpan(places[next] * _dimension));
            }
        }

        found = pass.Facts;
        return gathered;
    }

    private KMeansResult TrainOnAll(SourceFacts facts, long pointCount, ulong checksum, TrainingWeights weights, float[]? mean, IProgress<KMeansIteration>? progress, float[]? sample = null)
    {
        var initial = mean is null ? _options.InitialCentroids.ToArray() : TrainingPoints.SubtractMean(mean, _options.InitialCentroids.Span);
        if (sample is null && initial.Length == 0 && _options.Initialization == KMeansInitialization.KMeansPlusPlus)
        {
            throw KMeansInput.Rejected(
                $"{nameof(_options.Initialization)} is {nameof(KMeansInitialization.KMeansPlusPlus)}, which would read the source {_clusters} times. Use a sample ({nameof(_options.MaxPointsPerCentroid)}), and its result as {nameof(_options.InitialCentroids)}.", "options");
        }

        if (_options.Backend is not (KMeansBackend.Auto or KMeansBackend.Managed))
        {
            throw KMeansInput.Rejected(
                sample is not null
                    ? $"{nameof(_options.Backend)} is {_options.Backend}, which has neither checkpoints nor mini-batches. Set it to {nameof(KMeansBackend.Managed)} or {nameof(KMeansBackend.Auto)}, or leave out {nameof(_sourceOptions.CheckpointPath)} and {nameof(_sourceOptions.BatchSize)}."
                    : $"{nameof(_options.Backend)} is {_options.Backend}, which needs all points in memory. Set it to {nameof(KMeansBackend.Managed)} or {nameof(KMeansBackend.Auto)}, or use a sample ({nameof(_options.MaxPointsPerCentroid)}).", "options");
        }

        var centered = facts;
        if (mean is not null)
        {
            Gather(facts, [], mean, out centered);
        }

        CheckMagnitude(centered, initial, weights);
        var lloyd = new SourceLloyd(_source, _clusters, facts, mean, weights.Values, _options, _sourceOptions, _buffers, _tuning, _cancellationToken);
        var checkpoint = _sourceOptions.CheckpointPath is null ? null : new Checkpoint(_sourceOptions.CheckpointPath, Checkpoint.Describe(_dimension, _clusters, pointCount, checksum, _options, _sourceOptions));
        var state = checkpoint?.Load(_dimension, _clusters, lloyd.BatchSums) ?? new SourceState();
        var clock = Stopwatch.StartNew();
        var before = state.Elapsed;
        for (; state.Redo < _options.Redos; state = state.NextRedo())
        {
            lloyd.Start(state.Centroids ?? (initial.Length > 0 ? (float[])initial.Clone() : FirstCentroids(facts, weights, mean, sample, state.Redo)), isResumed: state.Centroids is not null);
            while (!state.HasEnded(_options))
            {
                var step = lloyd.Step(_options.MaxIterations - state.Iterations.Count - 1);
                state = state.Next(step, lloyd.CopyCentroids(), weights.Scale, before + clock.Elapsed, _options);
                checkpoint?.Save(state, lloyd.BatchSums);
                progress?.Report(state.Iterations[^1]);
            }

            state = state.WithBest(_options.Spherical);
        }

        return state.ToResult(_dimension, mean, pointCount, facts.Count, _options);
    }

    private float[] FirstCentroids(SourceFacts facts, TrainingWeights weights, float[]? mean, float[]? sample, int redo)
    {
        var seed = RandomSample.SeedOfRedo(_options.Seed, redo);
        if (sample is not null && _options.Initialization == KMeansInitialization.KMeansPlusPlus)
        {
            return KMeansPlusPlus.Choose(mean is null ? sample : TrainingPoints.SubtractMean(mean, sample), weights.Values, _dimension, _clusters, seed, _options.Threads, _cancellationToken);
        }

        var rows = weights.AreDifferent ? RandomSample.WeightedRows(weights.Values, _clusters, seed).Rows : RandomSample.Permutation(facts.Count, _clusters, seed);
        return Gather(facts, rows, mean, out _);
    }

    private void CheckMagnitude(SourceFacts facts, float[] initial, TrainingWeights weights)
    {
        // The mean of the weights is less than 2.
        var terms = weights.AreDifferent ? 2L * facts.Count : facts.Count;
        if (4.0 * terms * facts.MaxNorm > float.MaxValue)
        {
            throw KMeansInput.Rejected(
                string.Create(CultureInfo.InvariantCulture, $"{_name} has a vector of length {Math.Sqrt(facts.MaxNorm):G3} (number {facts.MaxVector}): sums of squared distances would overflow single precision. Scale the data down."), _name);
        }

        TrainingPoints.CheckMagnitude(facts.MaxNorm, initial, _dimension, terms, weights, _options);
    }
}

/// <summary>Specifies what tests fix or observe of a training on a source.</summary>
internal readonly record struct SourceTuning(SearchTuning? Search = null, int? ChunkRows = null);
