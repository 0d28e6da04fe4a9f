using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace FaissSdk;

/// <summary>Represents what one pass through a source has found.</summary>
internal sealed record SourceFacts
{
    public int Count { get; init; }

    public ulong Checksum { get; init; }

    /// <summary>Gets the largest |x|², less the mean if there is one.</summary>
    public double MaxNorm { get; init; }

    /// <summary>Gets the number of the vector that has it.</summary>
    public int MaxVector { get; init; }
}

/// <summary>Reads a source once, checks that it has not changed, centers its vectors and computes their squared lengths.</summary>
internal sealed class SourcePass : IDisposable
{
    /// <summary>The number of vectors that have a checksum of their own; chunks have a multiple of it.</summary>
    public const int GroupRows = CentroidBounds.BlockRows;

    private const int GroupsPerPart = 16;
    private readonly VectorSequence _source;
    private readonly SourceBuffers _buffers;
    private readonly SourceFacts? _expected;
    private readonly float[]? _mean;
    private readonly int _threads;
    private readonly ChunkReader _reader;
    private readonly int _dimension;
    private ulong _checksum;
    private double _maxNorm;
    private int _maxVector;
    private int _end;

    /// <param name="source">The source.</param>
    /// <param name="buffers">The memory of chunks.</param>
    /// <param name="expected">What the first pass has found, or null in that pass.</param>
    /// <param name="mean">The mean to subtract (d), or null.</param>
    /// <param name="threads">The maximum number of threads.</param>
    /// <param name="cancellationToken">The token that is checked before each chunk.</param>
    public SourcePass(VectorSequence source, SourceBuffers buffers, SourceFacts? expected, float[]? mean, int threads, CancellationToken cancellationToken)
    {
        (_source, _buffers, _expected, _mean, _threads, _dimension) = (source, buffers, expected, mean, threads, source.Dimension);
        _reader = new ChunkReader(source, buffers.Chunks, threads > 1, cancellationToken);
    }

    /// <summary>Gets a value indicating whether the vectors are assigned to centroids, so that their lengths have been accepted before.</summary>
    public bool Assigns { get; init; }

    /// <summary>Gets the number of the first vector of the chunk.</summary>
    public int First { get; private set; }

    /// <summary>Gets the number of vectors of the chunk.</summary>
    public int Rows => _reader.Rows;

    /// <summary>Gets the vectors of the chunk (rows × d).</summary>
    public ReadOnlySpan<float> Points => _reader.Buffer.AsSpan(0, Rows * _dimension);

    /// <summary>Gets the |x|² of the vectors (rows).</summary>
    public ReadOnlySpan<float> Norms => _buffers.Norms.AsSpan(0, Rows);

    /// <summary>Gets what the pass has found; complete after the last chunk.</summary>
    public SourceFacts Facts => new() { Count = _end, Checksum = _checksum, MaxNorm = _maxNorm, MaxVector = _maxVector };

    /// <summary>Moves to the next chunk.</summary>
    /// <exception cref="ArgumentException">A component is NaN or infinite.</exception>
    /// <exception cref="InvalidDataException">The source has other vectors than before, or another number of them.</exception>
    public bool MoveNext()
    {
        var hasNext = _reader.MoveNext();
        First = _end;
        if (!hasNext)
        {
            CheckEnd();
            return false;
        }

        if ((long)First + Rows > (_expected?.Count ?? _source.Count ?? int.MaxValue))
        {
            throw _expected is null && _source.Count is null
                ? new InvalidDataException($"The source has more than {int.MaxValue} vectors, or repeats them without an end; train on a part of them.")
                : new InvalidDataException($"The source has more vectors than the {_expected?.Count ?? _source.Count} that {(_expected is null ? "its Count announces" : "it had in the first pass")}; each pass must return the same vectors and end after the last one.");
        }

        _end += Rows;
        AddChecksums();
        if (_mean is not null)
        {
            for (var start = 0; start < Rows * _dimension; start += _dimension)
            {
                var vector = _reader.Buffer.AsSpan(start, _dimension);
                TensorPrimitives.Subtract(vector, _mean, vector);
            }
        }

        VectorNorms.Square(Points, _dimension, _buffers.Norms, _threads);
        CheckValues();
        return true;
    }

    public void Dispose() => _reader.Dispose();

    private void AddChecksums()
    {
        var groups = (Rows + GroupRows - 1) / GroupRows;
        var (buffer, checksums) = (_reader.Buffer, _buffers.Checksums);
        var (rows, dimension) = (Rows, _dimension);
        ParallelBlocks.For(
            (groups + GroupsPerPart - 1) / GroupsPerPart,
            _threads,
            part =>
            {
                for (var group = part * GroupsPerPart; group < Math.Min(groups, (part + 1) * GroupsPerPart); group++)
                {
                    var start = group * GroupRows;
                    checksums[group] = Checksum.Of(MemoryMarshal.AsBytes(buffer.AsSpan(start * dimension, Math.Min(GroupRows, rows - start) * dimension)));
                }
            },
            CancellationToken.None);
        foreach (var checksum in checksums.AsSpan(0, groups))
        {
            _checksum = Checksum.Combine(_checksum, checksum);
        }
    }

    private void CheckValues()
    {
        var max = TensorPrimitives.IndexOfMax(Norms);
        var norm = Norms[max];
        // Finite vectors less their mean may be infinite: they are too long.
        if (!float.IsFinite(norm) && _mean is null)
        {
            VectorValues.CheckFinite(Points, _dimension, "source", first: First);
        }

        var precise = VectorNorms.Precise(Points.Slice(max * _dimension, _dimension));
        if (precise > _maxNorm)
        {
            (_maxNorm, _maxVector) = (precise, First + max);
        }

        // The label of a vector that is too long would stay unset. Passes that do not assign may read such vectors: the training refuses them, or does not use them.
        if (Assigns && !(norm <= float.MaxValue))
        {
            throw Changed();
        }
    }

    private void CheckEnd()
    {
        if (_expected is null)
        {
            if (_source.Count is { } announced && announced != _end)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The source ended after {_end} vectors, but its Count announces {announced}."));
            }
        }
        else if (_end != _expected.Count)
        {
            throw new InvalidDataException($"The source ended after {_end} vectors, but it had {_expected.Count} in the first pass; each pass must return the same vectors.");
        }
        else if (_checksum != _expected.Checksum)
        {
            throw Changed();
        }
    }

    private static InvalidDataException Changed() => new("The source has other vectors than in the first pass; each pass must return the same vectors in the same order.");
}
