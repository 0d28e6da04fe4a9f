using System.Globalization;
using System.Text;

namespace FaissSdk;

/// <summary>Keeps the state of a training in a file that is replaced as a whole.</summary>
/// <param name="path">The path of the file.</param>
/// <param name="description">What the training depends on, a line for each value.</param>
internal sealed class Checkpoint(string path, string description)
{
    private const int Version = 1;

    private static ReadOnlySpan<byte> Name => "FSKMCHKP"u8;

    /// <summary>Describes the vectors and the options of a training, a line for each value.</summary>
    public static string Describe(int dimension, int clusters, long count, ulong checksum, KMeansOptions options, KMeansSourceOptions sourceOptions) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        dimension {dimension}
        clusters {clusters}
        vectors {count}
        checksum of the vectors {checksum:x16}
        {nameof(options.MaxIterations)} {options.MaxIterations}
        {nameof(options.Redos)} {options.Redos}
        {nameof(options.Spherical)} {options.Spherical}
        {nameof(options.IntegerCentroids)} {options.IntegerCentroids}
        {nameof(options.Seed)} {options.Seed}
        {nameof(options.MaxPointsPerCentroid)} {Math.Min(options.MaxPointsPerCentroid, count)}
        {nameof(options.StopWhenConverged)} {options.StopWhenConverged}
        {nameof(options.RelativeTolerance)} {options.RelativeTolerance:R}
        checksum of {nameof(options.InitialCentroids)} {ChecksumOf(options.InitialCentroids.Span):x16}
        {nameof(options.Initialization)} {options.Initialization}
        {nameof(options.Center)} {options.Center}
        checksum of {nameof(options.Weights)} {ChecksumOf(options.Weights.Span):x16}
        {nameof(options.Summation)} {options.Summation}
        {nameof(sourceOptions.BatchSize)} {sourceOptions.BatchSize}
        """).ReplaceLineEndings("\n");

    /// <summary>Checks before a long training that the file can be written.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="parameter">The parameter for the message.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or its folder is write-protected.</exception>
    public static void CheckWritable(string path, string parameter)
    {
        if (path.Length == 0)
        {
            throw KMeansInput.Rejected($"{nameof(KMeansSourceOptions.CheckpointPath)} is empty; name a file, or pass null for no checkpoint.", parameter);
        }

        if (Directory.Exists(path))
        {
            throw new IOException($"The checkpoint '{path}' is a directory; choose a file.");
        }

        if (!AtomicFile.IsReplaceable(path))
        {
            throw new IOException($"The checkpoint '{path}' is a pipe, a device or an open file of another process, which cannot be replaced after each iteration; choose a file.");
        }

        AtomicFile.CheckReplaceable(path);
    }

    /// <summary>Checks before a long training that an array, as which the file is read and written, holds the state.</summary>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="clusters">The number of clusters, k.</param>
    /// <param name="hasSums">Whether the state has the sums of mini-batches.</param>
    /// <param name="parameter">The parameter for the message.</param>
    /// <exception cref="ArgumentException">An array does not hold the state.</exception>
    public static void CheckSize(int dimension, int clusters, bool hasSums, string parameter)
    {
        // The centroids of the current and of the best redo, and sums in double precision; 1 MiB and a few numbers for each cluster for all the rest.
        var bytes = (((hasSums ? sizeof(double) : 0) + (2L * sizeof(float))) * clusters * dimension) + (32L * clusters) + (1 << 20);
        if (bytes > Array.MaxLength)
        {
            throw KMeansInput.Rejected($"A checkpoint of {clusters} clusters of {dimension} dimensions would have {bytes} bytes, more than an array holds; train without a checkpoint.", parameter);
        }
    }

    /// <summary>Returns the state in the file, or null if there is no file.</summary>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="clusters">The number of clusters, k.</param>
    /// <param name="sums">Receives the sums of mini-batches, or null.</param>
    /// <exception cref="InvalidDataException">The file is not a checkpoint, or belongs to another training.</exception>
    public SourceState? Load(int dimension, int clusters, CentroidAccumulator? sums)
    {
        // A link whose target is missing exists.
        if (!File.Exists(AtomicFile.Target(path)))
        {
            return null;
        }

        try
        {
            var reader = new StateReader(File.ReadAllBytes(path), Name, Version, "a checkpoint of a k-means");
            var bytes = new byte[reader.ReadInt32()];
            reader.Read<byte>(bytes);
            CheckSame(Encoding.UTF8.GetString(bytes));
            var state = SourceState.Load(ref reader, clusters * dimension);
            if (reader.ReadBoolean())
            {
                sums!.Load(ref reader);
            }

            return state;
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"The checkpoint '{path}' cannot be used: {error.Message} Delete it to train from the beginning, or choose another path.", error);
        }
    }

    /// <summary>Replaces the file.</summary>
    /// <param name="state">The state after an iteration.</param>
    /// <param name="sums">The sums of mini-batches, or null.</param>
    public void Save(SourceState state, CentroidAccumulator? sums)
    {
        var writer = new StateWriter(Name, Version);
        var bytes = Encoding.UTF8.GetBytes(description);
        writer.Write(bytes.Length);
        writer.Write<byte>(bytes);
        state.Save(writer);
        writer.Write(sums is not null);
        sums?.Save(writer);
        var content = writer.Finish();
        AtomicFile.Write(path, temporary => File.WriteAllBytes(temporary, content));
    }

    private static ulong ChecksumOf(ReadOnlySpan<float> values) => Checksum.OfValues(values);

    private void CheckSame(string stored)
    {
        foreach (var (mine, theirs) in description.Split('\n').Zip(stored.Split('\n')))
        {
            if (mine != theirs)
            {
                throw new InvalidDataException($"it belongs to another training, with {theirs} instead of {mine}.");
            }
        }
    }
}
