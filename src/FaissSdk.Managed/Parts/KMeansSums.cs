namespace FaissSdk;

/// <summary>Represents the sums of some of the clusters of a k-means iteration over the points so far, which go from one <see cref="KMeansPart"/> to the next in the order of the points.</summary>
/// <remarks>
/// Clusters are independent of each other, so sums of different clusters may be at different parts at the same time. The sums that begin with cluster 0 also hold the objective. <see cref="Export"/> and <see cref="Import"/> carry the sums
/// to another process or machine. An instance is not thread-safe.
/// </remarks>
public sealed class KMeansSums
{
    private const int Version = 1;
    private const string What = "sums of a k-means";

    /// <summary>Initializes sums without points.</summary>
    /// <param name="startCluster">The first cluster, 0 or greater.</param>
    /// <param name="endCluster">The exclusive end of the clusters, greater than <paramref name="startCluster"/>.</param>
    /// <param name="dimension">The number of components of a vector, d.</param>
    /// <param name="isWeighted">Whether the points have weights.</param>
    /// <param name="options">The options, of which <see cref="KMeansOptions.Summation"/> is used, or <see langword="null"/> for FAISS's defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public KMeansSums(int startCluster, int endCluster, int dimension, bool isWeighted = false, KMeansOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(startCluster);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(endCluster, startCluster);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if ((long)(endCluster - startCluster) * dimension > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(endCluster), endCluster, $"{endCluster - startCluster} clusters of dimension {dimension} have more than {Array.MaxLength} sums; take fewer clusters at a time.");
        }

        options ??= KMeansOptions.Default;
        KMeansInput.CheckOptions(options);
        (StartCluster, EndCluster, Dimension, IsWeighted) = (startCluster, endCluster, dimension, isWeighted);
        var isDouble = options.Summation == KMeansSummation.DoublePrecision || (options.Summation == KMeansSummation.Auto && isWeighted);
        var components = (endCluster - startCluster) * dimension;
        Single = isDouble ? null : new float[components];
        Double = isDouble || options.Summation == KMeansSummation.Auto ? new double[components] : null;
        Counts = new long[endCluster - startCluster];
        Squares = new double[Counts.Length];
        Weights = isWeighted ? new double[Counts.Length] : null;
    }

    private KMeansSums(ref StateReader reader)
    {
        (StartCluster, EndCluster, Dimension, IsWeighted) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean());
        var (hasSingle, hasDouble) = (reader.ReadBoolean(), reader.ReadBoolean());
        if (StartCluster < 0 || EndCluster <= StartCluster || Dimension < 1 || (long)(EndCluster - StartCluster) * Dimension > Array.MaxLength)
        {
            throw new InvalidDataException($"The {What} have clusters {StartCluster} to {EndCluster} and dimension {Dimension}.");
        }

        var components = (EndCluster - StartCluster) * Dimension;
        Single = hasSingle ? Read<float>(ref reader, components) : null;
        Double = hasDouble ? Read<double>(ref reader, components) : null;
        Counts = Read<long>(ref reader, EndCluster - StartCluster);
        Squares = Read<double>(ref reader, Counts.Length);
        Weights = IsWeighted ? Read<double>(ref reader, Counts.Length) : null;
        (SingleObjective, Objective) = (reader.ReadSingle(), reader.ReadDouble());
    }

    /// <summary>Gets the first cluster.</summary>
    public int StartCluster { get; }

    /// <summary>Gets the exclusive end of the clusters.</summary>
    public int EndCluster { get; }

    /// <summary>Gets the number of components of a vector, d.</summary>
    public int Dimension { get; }

    /// <summary>Gets a value indicating whether the points have weights.</summary>
    public bool IsWeighted { get; }

    /// <summary>Gets the number of points in these clusters.</summary>
    public long Count => Counts.Sum();

    internal float[]? Single { get; }

    internal double[]? Double { get; }

    internal long[] Counts { get; }

    internal double[] Squares { get; }

    internal double[]? Weights { get; }

    internal float SingleObjective { get; set; }

    internal double Objective { get; set; }

    private static ReadOnlySpan<byte> Name => "FSKMSUMS"u8;

    /// <summary>Restores sums from their state.</summary>
    /// <param name="state">The bytes that <see cref="Export"/> returned.</param>
    /// <exception cref="InvalidDataException">The bytes are not sums, or are of another version, incomplete or damaged.</exception>
    public static KMeansSums Import(ReadOnlySpan<byte> state)
    {
        var reader = new StateReader(state, Name, Version, What);
        return new KMeansSums(ref reader);
    }

    /// <summary>Returns the sums as bytes, from which <see cref="Import"/> restores them: about 4·d bytes for each cluster in single precision and 8·d in double precision.</summary>
    /// <exception cref="InvalidOperationException">The state has more bytes than an array holds; use sums of fewer clusters.</exception>
    public byte[] Export()
    {
        var writer = new StateWriter(Name, Version);
        writer.Write(StartCluster);
        writer.Write(EndCluster);
        writer.Write(Dimension);
        writer.Write(IsWeighted);
        writer.Write(Single is not null);
        writer.Write(Double is not null);
        writer.Write<float>(Single);
        writer.Write<double>(Double);
        writer.Write<long>(Counts);
        writer.Write<double>(Squares);
        writer.Write<double>(Weights);
        writer.Write(SingleObjective);
        writer.Write(Objective);
        return writer.Finish();
    }

    /// <summary>Adds sums of the same clusters over other points, as FAISS's distributed k-means does.</summary>
    /// <remarks>The order of additions is no longer that of the points: components and objectives differ from those of one machine in their last digits, and so may the assignments that follow.</remarks>
    /// <param name="other">The sums of the other points.</param>
    /// <exception cref="ArgumentException">The sums have other clusters, another dimension or another precision, or only one of them is weighted.</exception>
    public void Add(KMeansSums other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if ((StartCluster, EndCluster, Dimension, IsWeighted, Single is null, Double is null) != (other.StartCluster, other.EndCluster, other.Dimension, other.IsWeighted, other.Single is null, other.Double is null))
        {
            throw new ArgumentException($"other has clusters {other.StartCluster} to {other.EndCluster} of dimension {other.Dimension}; these sums have {StartCluster} to {EndCluster} of {Dimension}. Add sums of equal clusters and options.", nameof(other));
        }

        AddTo<float>(Single, other.Single);
        AddTo<double>(Double, other.Double);
        AddTo<long>(Counts, other.Counts);
        AddTo<double>(Squares, other.Squares);
        AddTo<double>(Weights, other.Weights);
        SingleObjective += other.SingleObjective;
        Objective += other.Objective;
    }

    private static void AddTo<T>(T[]? sums, T[]? terms)
        where T : struct, System.Numerics.INumber<T>
    {
        for (var i = 0; i < (sums?.Length ?? 0); i++)
        {
            sums![i] += terms![i];
        }
    }

    private static T[] Read<T>(ref StateReader reader, int count)
        where T : unmanaged
    {
        var values = new T[count];
        reader.Read<T>(values);
        return values;
    }
}
