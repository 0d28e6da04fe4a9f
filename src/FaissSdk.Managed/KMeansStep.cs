using System.Globalization;
using System.Numerics.Tensors;

namespace FaissSdk;

/// <summary>Represents one Lloyd iteration that receives its points in blocks: it assigns them to centroids, adds them to sums, and moves the centroids at the end.</summary>
/// <remarks>
/// Points that are added in their order, in blocks of any size and with any number of threads, give the same bits as one iteration of
/// <see cref="ManagedKMeans"/> on all of them. <see cref="Export"/> and <see cref="Import"/> carry the sums to another process or machine, which
/// continues with the next points. Sums of several machines that work at the same time cannot be joined: they would be rounded in another order.
/// Only <see cref="KMeansOptions.Spherical"/>, <see cref="KMeansOptions.IntegerCentroids"/>, <see cref="KMeansOptions.Summation"/>,
/// <see cref="KMeansOptions.Pruning"/> and <see cref="KMeansOptions.MaxDegreeOfParallelism"/> are used. An instance is not thread-safe.
/// </remarks>
public sealed class KMeansStep
{
    private const int BlockRows = 1 << 16;
    private const int Version = 1;
    private const string What = "the state of a k-means step";

    private readonly KMeansOptions _options;
    private readonly float[] _centroids;
    private readonly double _maxCentroidNorm;
    private readonly BlockAssigner _assigner;
    private readonly LloydUpdate _update;
    private float[] _norms = [];
    private int[] _labels = [];
    private float[] _distances = [];
    private bool? _isWeighted;
    private bool _isFinished;
    private double _maxNorm;
    private double _weight;

    /// <summary>Initializes a step without points.</summary>
    /// <param name="centroids">The centroids that points are assigned to, row-major (k × d), finite; with <see cref="KMeansOptions.Spherical"/> of length 1. They are copied.</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="options">The options, or <see langword="null"/> for FAISS's defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dimension"/> or an option is out of range.</exception>
    /// <exception cref="ArgumentException">There is no centroid, a length does not fit, a component is NaN, infinite or too large, or an option has no effect on a step.</exception>
    public KMeansStep(ReadOnlySpan<float> centroids, int dimension, KMeansOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        _options = options ?? KMeansOptions.Default;
        KMeansInput.CheckOptions(_options);
        CheckHasEffect(_options);
        Dimension = dimension;
        Clusters = VectorShape.CountVectors(centroids, dimension, nameof(centroids));
        if (Clusters == 0)
        {
            throw new ArgumentException("centroids is empty; a step needs at least one centroid.", nameof(centroids));
        }

        VectorValues.CheckFinite(centroids, dimension, nameof(centroids));
        VectorValues.CheckMagnitude(centroids, dimension, 1, nameof(centroids));
        _centroids = centroids.ToArray();
        for (var cluster = 0; cluster < Clusters; cluster++)
        {
            _maxCentroidNorm = Math.Max(_maxCentroidNorm, VectorNorms.Precise(_centroids.AsSpan(cluster * dimension, dimension)));
        }

        _update = new LloydUpdate(dimension, Clusters, _options);
        _assigner = new BlockAssigner(dimension, Clusters, int.MaxValue, _options);
        _assigner.SetCentroids(_centroids);
    }

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets the number of clusters, k.</summary>
    public int Clusters { get; }

    /// <summary>Gets the number of points added.</summary>
    public long Count { get; private set; }

    /// <summary>Gets the centroids that points are assigned to, row-major (k × d).</summary>
    public ReadOnlySpan<float> Centroids => _centroids;

    private static ReadOnlySpan<byte> Name => "FSKMSTEP"u8;

    /// <summary>Restores a step from its state.</summary>
    /// <param name="state">The bytes that <see cref="Export"/> returned.</param>
    /// <param name="options">The options, equal to those of the exported step where they change the result; <see langword="null"/> for the options of the exported step.</param>
    /// <exception cref="InvalidDataException">The bytes are not the state of a step, or are of another version, incomplete or damaged.</exception>
    /// <exception cref="ArgumentException">An option differs from that of the exported step.</exception>
    public static KMeansStep Import(ReadOnlySpan<byte> state, KMeansOptions? options = null)
    {
        var reader = new StateReader(state, Name, Version, What);
        var (dimension, clusters) = (reader.ReadInt32(), reader.ReadInt32());
        var stored = new KMeansOptions { Spherical = reader.ReadBoolean(), IntegerCentroids = reader.ReadBoolean(), Summation = (KMeansSummation)reader.ReadInt32() };
        if (options is not null)
        {
            CheckEqual(nameof(options.Spherical), options.Spherical, stored.Spherical, nameof(options));
            CheckEqual(nameof(options.IntegerCentroids), options.IntegerCentroids, stored.IntegerCentroids, nameof(options));
            CheckEqual(nameof(options.Summation), options.Summation, stored.Summation, nameof(options));
        }

        var centroids = new float[checked(clusters * dimension)];
        reader.Read<float>(centroids);
        var step = new KMeansStep(centroids, dimension, options ?? stored) { Count = reader.ReadInt64(), _maxNorm = reader.ReadDouble(), _weight = reader.ReadDouble() };
        if (step.Count > 0)
        {
            step._isWeighted = reader.ReadBoolean();
            step._assigner.Sums.Load(ref reader);
        }

        return step;
    }

    /// <summary>Assigns points to the centroids, and adds them to the sums of their clusters.</summary>
    /// <param name="points">The next points, row-major (n × d), finite; there may be none.</param>
    /// <param name="weights">The weights of the points (n), at least 0, for all blocks or for none. Weights that are all equal are best left out, as <see cref="ManagedKMeans"/> does.</param>
    /// <param name="labels">Receives the cluster of each point (n), unless empty.</param>
    /// <param name="distances">Receives the squared distance (spherical: the inner product) of each point to its centroid (n), unless empty.</param>
    /// <exception cref="ArgumentException">A length does not fit, a component is NaN or infinite, a weight is negative or not finite, only some blocks have weights, or sums of squared distances would overflow. Nothing is added then.</exception>
    /// <exception cref="InvalidOperationException">The step is finished.</exception>
    public void Add(ReadOnlySpan<float> points, ReadOnlySpan<float> weights = default, Span<long> labels = default, Span<float> distances = default)
    {
        ThrowIfFinished();
        var count = VectorShape.CountVectors(points, Dimension, nameof(points));
        CheckLengths(count, weights.Length, labels.Length, distances.Length);
        if (Count + count > int.MaxValue)
        {
            throw new ArgumentException($"{nameof(points)} would make {Count + count} points; a step takes at most {int.MaxValue}.", nameof(points));
        }

        if (count == 0)
        {
            return;
        }

        var isWeighted = !weights.IsEmpty;
        if (_isWeighted is { } before && before != isWeighted)
        {
            throw new ArgumentException(isWeighted ? "weights are given, but earlier points were added without; add all points with weights or none." : "weights are missing, but earlier points were added with weights; add all points with weights or none.", nameof(weights));
        }

        CheckValues(points, weights, count);
        if (_isWeighted is null)
        {
            _isWeighted = isWeighted;
            _update.Clear(_assigner.Sums, isWeighted);
        }

        for (var start = 0; start < count; start = Blocking.Next(start, BlockRows, count))
        {
            var rows = Math.Min(BlockRows, count - start);
            AddBlock(points.Slice(start * Dimension, rows * Dimension), isWeighted ? weights.Slice(start, rows) : [], rows);
            for (var i = 0; i < (labels.IsEmpty ? 0 : rows); i++)
            {
                labels[start + i] = _labels[i];
            }

            if (!distances.IsEmpty)
            {
                _distances.AsSpan(0, rows).CopyTo(distances[start..]);
            }
        }

        Count += count;
    }

    /// <summary>Returns the centroids and sums as bytes, from which <see cref="Import"/> restores the step: up to 16·k·d + 32·k of them.</summary>
    /// <exception cref="InvalidOperationException">The step is finished, or its state has more bytes than an array holds.</exception>
    public byte[] Export()
    {
        ThrowIfFinished();
        var writer = new StateWriter(Name, Version);
        writer.Write(Dimension);
        writer.Write(Clusters);
        writer.Write(_options.Spherical);
        writer.Write(_options.IntegerCentroids);
        writer.Write((int)_options.Summation);
        writer.Write<float>(_centroids);
        writer.Write(Count);
        writer.Write(_maxNorm);
        writer.Write(_weight);
        if (_isWeighted is { } isWeighted)
        {
            writer.Write(isWeighted);
            _assigner.Sums.Save(writer);
        }

        return writer.Finish();
    }

    /// <summary>Moves the centroids to the means of their points, refills empty clusters by splitting larger ones, and ends the step.</summary>
    /// <exception cref="InvalidOperationException">There are fewer points than clusters, all weights are 0, or the step is finished.</exception>
    public KMeansStepResult Finish()
    {
        ThrowIfFinished();
        if (Count < Clusters)
        {
            throw new InvalidOperationException($"The step has {Count} points, which is fewer than its {Clusters} clusters; add more points, or use fewer clusters.");
        }

        var isWeighted = _isWeighted == true;
        if (isWeighted && _weight == 0)
        {
            throw new InvalidOperationException("The weights of all points are 0; at least one must be positive.");
        }

        _isFinished = true;
        var sizes = _assigner.Sums.Tally.CopySizes();
        var centroids = (float[])_centroids.Clone();
        var step = _update.Apply(_assigner.Sums, (int)Count, isWeighted, centroids, CancellationToken.None);
        return new KMeansStepResult(centroids, Dimension, sizes, step);
    }

    private static void CheckHasEffect(KMeansOptions options)
    {
        var ignored = options.Backend is not (KMeansBackend.Auto or KMeansBackend.Managed) ? nameof(options.Backend)
            : options.Center ? nameof(options.Center)
            : !options.InitialCentroids.IsEmpty ? nameof(options.InitialCentroids)
            : !options.Weights.IsEmpty ? nameof(options.Weights)
            : null;
        if (ignored is not null)
        {
            throw new ArgumentException($"{ignored} cannot be set for a step: it is managed, receives its centroids and weights as arguments, and does not know the mean of points to come.", nameof(options));
        }
    }

    private static void CheckEqual<T>(string name, T given, T stored, string parameter)
    {
        if (!Equals(given, stored))
        {
            throw new ArgumentException($"{name} is {given}, but the state comes from a step with {stored}; pass equal options, or none.", parameter);
        }
    }

    private static void CheckLengths(int count, int weights, int labels, int distances)
    {
        foreach (var (length, name) in ((int, string)[])[(weights, nameof(weights)), (labels, nameof(labels)), (distances, nameof(distances))])
        {
            if (length != 0)
            {
                VectorShape.CheckLength(length, count, name);
            }
        }
    }

    private void CheckValues(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int count)
    {
        VectorValues.CheckFinite(points, Dimension, nameof(points));
        var weight = weights.IsEmpty ? count : KMeansInput.CheckWeights(weights, nameof(weights), nameof(weights));
        var maxNorm = _maxNorm;
        for (var start = 0; start < points.Length; start += Dimension)
        {
            maxNorm = Math.Max(maxNorm, TensorPrimitives.SumOfSquares(points.Slice(start, Dimension)));
        }

        var terms = Math.Max(Count + count, _weight + weight);
        var longest = 4.0 * terms * maxNorm > 0.9 * float.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"points has a vector of length {Math.Sqrt(maxNorm):G3}, or a block before had one")
            : 4.0 * terms * _maxCentroidNorm > float.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"the step has a centroid of length {Math.Sqrt(_maxCentroidNorm):G3}")
            : null;
        if (longest is not null)
        {
            throw new ArgumentException($"{longest}: sums of {Count + count} squared distances would overflow single precision. Scale the data down.", nameof(points));
        }

        (_maxNorm, _weight) = (maxNorm, _weight + weight);
    }

    private void AddBlock(ReadOnlySpan<float> points, ReadOnlySpan<float> weights, int rows)
    {
        if (_labels.Length < rows)
        {
            (_norms, _labels, _distances) = (new float[rows], new int[rows], new float[rows]);
        }

        VectorNorms.Square(points, Dimension, _norms, _options.Threads);
        _assigner.Add(points, _norms.AsSpan(0, rows), weights, _labels.AsSpan(0, rows), _distances.AsSpan(0, rows), null, 0, CancellationToken.None);
    }

    private void ThrowIfFinished()
    {
        if (_isFinished)
        {
            throw new InvalidOperationException("The step is finished; create another one from its centroids.");
        }
    }
}
