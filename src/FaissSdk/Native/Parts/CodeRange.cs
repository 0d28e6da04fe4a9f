using System.Globalization;
using System.Numerics.Tensors;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Represents the numbers that the codes of a part can hold, where FAISS converts others to infinity or to any number: <see cref="KnownDefects.UnstorableComponents"/>.</summary>
internal sealed unsafe partial class CodeRange
{
    // Numbers from here on become infinity, as by a conversion to Half.
    private const float HalfLimit = 65520;

    // The reciprocal of a span below this is infinite.
    private const float LeastSpan = 1 / float.MaxValue;
    private const int Block = 1024;
    private const int MaxBlock = 1 << 24;
    private const string Halves = "16-bit floating point holds magnitudes up to 65504; scale the data down";

    private readonly IndexPart _part;
    private readonly IndexPart[] _transforms;
    private readonly CodeNumbers _numbers;
    private readonly bool _ofCentroids;
    private float _offset = float.NaN;
    private bool? _centroidsAreSmall;

    private CodeRange(IndexPart part, IndexPart[] transforms, CodeNumbers numbers, bool ofCentroids) =>
        (_part, _transforms, _numbers, _ofCentroids) = (part, transforms, numbers, ofCentroids);

    // FAISS compares bytes with bytes where its vector instructions do, which depends on the processor in newer versions.
    private bool TruncatesQueries => KnownDefects.TruncatedQueries.IsPresent && !_ofCentroids && _part.Dimension % 16 == 0 && _numbers is CodeNumbers.Bytes or CodeNumbers.SignedBytes;

    // A range search of codes outside of lists decodes them.
    private bool DecodesInRanges => !_part.HoldsLists && _part.Role is not ("storage" or "refine");

    private bool StoresResiduals => _part.HoldsLists && _part.EncodesResiduals;

    private float HalfBound => StoresResiduals || _numbers == CodeNumbers.HalfSpans ? HalfLimit / 2 : HalfLimit;

    /// <summary>Returns the ranges of the parts that hold the vectors of an index.</summary>
    public static CodeRange[] Of(IndexPart whole)
    {
        var ranges = new List<CodeRange>();
        Collect(whole, [], ofCentroids: false, ranges);
        return [.. ranges];
    }

    /// <summary>Returns the ranges of the quantizers of an index, which hold centroids.</summary>
    public static CodeRange[] OfQuantizers(IndexPart whole)
    {
        var ranges = new List<CodeRange>();
        CollectQuantizers(whole, [], ranges);
        return [.. ranges];
    }

    /// <summary>Returns the ranges of an index that holds centroids.</summary>
    public static CodeRange[] OfCentroids(IndexPart whole)
    {
        var ranges = new List<CodeRange>();
        Collect(whole, [], ofCentroids: true, ranges);
        return [.. ranges];
    }

    /// <summary>Rejects vectors (n × d) that the codes cannot hold.</summary>
    /// <param name="vectors">The vectors as the index receives them.</param>
    /// <param name="name">The name of the argument.</param>
    /// <param name="first">The number of the first vector in messages.</param>
    /// <param name="lists">The list of each vector, if the caller has chosen them.</param>
    /// <exception cref="ArgumentException">A code cannot hold a vector.</exception>
    public void CheckStored(ReadOnlySpan<float> vectors, string name, int first, ReadOnlySpan<long> lists = default)
    {
        if (vectors.IsEmpty)
        {
            return;
        }

        if (_transforms.Length == 0)
        {
            CheckReceived(vectors, name, first, lists);
        }
        else if (_transforms.All(IsTrained) && !IsBounded(vectors))
        {
            var dimension = _transforms[0].Fact("d_in", 0);
            CheckTransformed(vectors, (int)dimension, name, first);
        }
    }

    /// <summary>Rejects queries (n × d) that FAISS converts to bytes, and that are not bytes: <see cref="KnownDefects.TruncatedQueries"/>.</summary>
    /// <param name="queries">The queries as the index receives them.</param>
    /// <param name="name">The name of the argument.</param>
    /// <param name="first">The number of the first query in messages.</param>
    /// <param name="inRange">Whether a range search compares them.</param>
    /// <exception cref="ArgumentException">A query is not of bytes.</exception>
    public void CheckQueries(ReadOnlySpan<float> queries, string name, int first, bool inRange)
    {
        if (TruncatesQueries && !(inRange && DecodesInRanges))
        {
            CheckStored(queries, name, first);
        }
    }

    /// <summary>Rejects training vectors (n × d) that are scaled to their ranges before an encoder is trained by them, or whose centroids the codes hold.</summary>
    /// <exception cref="ArgumentException">A code cannot hold the range of a vector.</exception>
    public void CheckTraining(ReadOnlySpan<float> vectors, string name)
    {
        if (_ofCentroids || _numbers is CodeNumbers.HalfSpans or CodeNumbers.SingleSpans)
        {
            CheckStored(vectors, name, first: 0);
        }
    }

    private static void Collect(IndexPart part, IndexPart[] before, bool ofCentroids, List<CodeRange> ranges)
    {
        IndexPart[] transforms = [.. before, .. part.Parts.Where(inner => inner.IsTransform)];
        if (NumbersOf(part) is { } numbers)
        {
            ranges.Add(new CodeRange(part, transforms, numbers, ofCentroids));
        }

        // Sub-indexes of split vectors are skipped, because they receive parts of vectors, and indexes of scaled vectors, because they receive numbers from 0 to 1.
        foreach (var inner in part.Parts.Where(inner => inner.HoldsVectors && inner.Role != "split" && !part.IsScaled))
        {
            Collect(inner, transforms, ofCentroids, ranges);
        }
    }

    private static void CollectQuantizers(IndexPart part, IndexPart[] before, List<CodeRange> ranges)
    {
        IndexPart[] transforms = [.. before, .. part.Parts.Where(inner => inner.IsTransform)];
        foreach (var inner in part.Parts.Where(inner => !inner.IsTransform && inner.Role is not ("split" or "subspace") && !part.IsScaled))
        {
            if (inner.Role == "quantizer")
            {
                Collect(inner, before, ofCentroids: true, ranges);
            }

            CollectQuantizers(inner, transforms, ranges);
        }
    }

    private static CodeNumbers? NumbersOf(IndexPart part) =>
        part.IsScaled ? part.Fact("scales_rows", 0) == 4 ? CodeNumbers.HalfSpans : CodeNumbers.SingleSpans
        : (ScalarQuantizerType)part.Fact("quantizer_type", -1) switch
        {
            ScalarQuantizerType.Float16 => CodeNumbers.Halves,
            ScalarQuantizerType.EightBitDirect => CodeNumbers.Bytes,
            ScalarQuantizerType.EightBitDirectSigned => CodeNumbers.SignedBytes,
            _ => null,
        };

    private static bool IsTrained(IndexPart transform) => transform.Object != 0 && FaissNative.faiss_VectorTransform_is_trained((FaissVectorTransform*)transform.Object) != 0;

    /// <summary>Returns whether the transforms cannot make a component of these vectors that is too large.</summary>
    private bool IsBounded(ReadOnlySpan<float> vectors)
    {
        if (_numbers is not (CodeNumbers.Halves or CodeNumbers.HalfSpans) || (StoresResiduals && !CentroidsAreSmall()))
        {
            return false;
        }

        if (float.IsNaN(_offset))
        {
            // The offset that the transforms add is their result for 0.
            var zero = Transform(new float[_transforms[0].Fact("d_in", 0)], 1);
            _offset = Norm(zero);
        }

        // A transform that scales to length 1 may lengthen a short vector.
        var dimension = (double)_transforms[0].Fact("d_in", 0);
        var gain = _transforms.Aggregate(1.0, (product, transform) => product * Math.Max(1, transform.Gain));
        var length = Math.Max(1, Math.Abs(TensorPrimitives.MaxMagnitude(vectors)) * Math.Sqrt(dimension));
        return (1.01 * gain * length) + _offset < HalfBound;
    }

    private void CheckTransformed(ReadOnlySpan<float> vectors, int dimension, string name, int first)
    {
        for (var start = 0; start < vectors.Length; start = Blocking.Next(start, LengthOfBlock(dimension), vectors.Length))
        {
            var block = vectors.Slice(start, Math.Min(LengthOfBlock(dimension), vectors.Length - start));
            CheckReceived(Transform(block, block.Length / dimension), name, first + (start / dimension));
        }
    }

    private float[] Transform(ReadOnlySpan<float> vectors, int count)
    {
        var transformed = vectors.ToArray();
        foreach (var transform in _transforms)
        {
            var output = new float[count * transform.Dimension];
            fixed (float* x = transformed, xt = output)
            {
                FaissNative.faiss_VectorTransform_apply_noalloc((FaissVectorTransform*)transform.Object, count, x, xt);
            }

            transformed = output;
        }

        return transformed;
    }

    private static int LengthOfBlock(int dimension) => Math.Clamp(MaxBlock / dimension, 1, Block) * dimension;

    private static float Norm(ReadOnlySpan<float> vector) => MathF.Sqrt(TensorPrimitives.SumOfSquares(vector));

    private void CheckReceived(ReadOnlySpan<float> vectors, string name, int first, ReadOnlySpan<long> lists = default)
    {
        var dimension = _part.Dimension;
        if (_numbers is CodeNumbers.HalfSpans or CodeNumbers.SingleSpans)
        {
            CheckSpans(vectors, dimension, name, first);
        }
        else if (!StoresResiduals)
        {
            if (FindUnstorable(vectors) is >= 0 and var i)
            {
                throw Unstorable(vectors[i], first + (i / dimension), i % dimension, name);
            }
        }
        else if (_numbers != CodeNumbers.Halves || !(Math.Abs(TensorPrimitives.MaxMagnitude(vectors)) < HalfBound) || !CentroidsAreSmall())
        {
            CheckResiduals(vectors, dimension, name, first, lists);
        }
    }

    private void CheckSpans(ReadOnlySpan<float> vectors, int dimension, string name, int first)
    {
        if (_numbers == CodeNumbers.HalfSpans && Math.Abs(TensorPrimitives.MaxMagnitude(vectors)) < HalfBound)
        {
            return;
        }

        for (var start = 0; start < vectors.Length; start = Blocking.Next(start, dimension, vectors.Length))
        {
            var vector = vectors.Slice(start, dimension);
            var (least, span) = (TensorPrimitives.Min(vector), TensorPrimitives.Max(vector) - TensorPrimitives.Min(vector));
            if (_numbers == CodeNumbers.HalfSpans ? !(Math.Abs(least) < HalfLimit && span < HalfLimit) : span is > 0 and < LeastSpan)
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"{name} has components from {least} on in a range of {span} in vector {first + (start / dimension)}{After}: ")
                        + (_numbers == CodeNumbers.HalfSpans ? $"both are stored, and {Halves}, or use MinMax." : "the index divides by the range; scale the data up."),
                    name);
            }
        }
    }

    /// <summary>Encodes and decodes vectors that are stored as differences from centroids.</summary>
    private void CheckResiduals(ReadOnlySpan<float> vectors, int dimension, string name, int first, ReadOnlySpan<long> lists = default)
    {
        if (!lists.IsEmpty)
        {
            CheckDifferences(vectors, dimension, name, first, lists);
            return;
        }

        var index = (NativeIndex*)_part.Object;
        if (FaissNative.faiss_Index_is_trained(index) == 0)
        {
            return;
        }

        var size = (int)_part.Fact("code_size", 0) + sizeof(long);
        for (var start = 0; start < vectors.Length; start = Blocking.Next(start, LengthOfBlock(dimension), vectors.Length))
        {
            var block = vectors.Slice(start, Math.Min(LengthOfBlock(dimension), vectors.Length - start));
            var count = block.Length / dimension;
            var (codes, decoded) = (new byte[count * size], new float[block.Length]);
            fixed (float* x = block, xt = decoded)
            fixed (byte* bytes = codes)
            {
                Status.ThrowIfFailed(FaissNative.faiss_Index_sa_encode(index, count, x, bytes));
                Status.ThrowIfFailed(FaissNative.faiss_Index_sa_decode(index, count, bytes, xt));
            }

            for (var i = 0; i < decoded.Length; i++)
            {
                if (_numbers == CodeNumbers.Halves ? !float.IsFinite(decoded[i]) : decoded[i] != block[i])
                {
                    throw Unstorable(block[i], first + ((start + i) / dimension), i % dimension, name);
                }
            }
        }
    }

    /// <summary>Subtracts the centroids of given lists.</summary>
    private void CheckDifferences(ReadOnlySpan<float> vectors, int dimension, string name, int first, ReadOnlySpan<long> lists)
    {
        var quantizer = FaissNative.faiss_IndexIVF_quantizer((NativeIndex*)_part.Object);
        var (centroid, difference, known) = (new float[dimension], new float[dimension], -1L);
        for (var i = 0; i < lists.Length; i++)
        {
            if (lists[i] != known)
            {
                known = lists[i];
                fixed (float* x = centroid)
                {
                    Status.ThrowIfFailed(FaissNative.faiss_Index_reconstruct(quantizer, known, x));
                }
            }

            var vector = vectors.Slice(i * dimension, dimension);
            TensorPrimitives.Subtract(vector, centroid, difference);
            if (FindUnstorable(difference) is >= 0 and var component)
            {
                throw Unstorable(vector[component], first + i, component, name);
            }
        }
    }

    /// <summary>Returns whether no difference between a centroid and a vector of small components is too large.</summary>
    private bool CentroidsAreSmall()
    {
        if (_centroidsAreSmall is { } known)
        {
            return known;
        }

        var quantizer = FaissNative.faiss_IndexIVF_quantizer((NativeIndex*)_part.Object);
        var count = FaissNative.faiss_Index_ntotal(quantizer);
        if (count == 0)
        {
            return true;
        }

        var centroid = new float[_part.Dimension];
        var isSmall = true;
        fixed (float* x = centroid)
        {
            for (var list = 0L; isSmall && list < count; list++)
            {
                isSmall = FaissNative.faiss_Index_reconstruct(quantizer, list, x) == 0 && Math.Abs(TensorPrimitives.MaxMagnitude<float>(centroid)) < HalfBound;
            }
        }

        _centroidsAreSmall = isSmall;
        return isSmall;
    }

    private string After => _transforms.Length == 0 ? "" : " after the transforms of the index";

    private string InQueries => TruncatesQueries ? ", in queries too where 16 divides the dimension" : "";

    private ArgumentException Unstorable(float component, int vector, int position, string name) => new(
        string.Create(CultureInfo.InvariantCulture, $"{name} has {component} in vector {vector}, component {position}{After}: ")
            + (StoresResiduals ? "the lists store differences from centroids, and " : "")
            + _numbers switch
            {
                CodeNumbers.Halves => Halves,
                CodeNumbers.Bytes => $"bytes hold integers from 0 to 255{InQueries}; round the data, or store it otherwise",
                _ => $"signed bytes hold integers from -128 to 127{InQueries}; round the data, or store it otherwise",
            }
            + (StoresResiduals && _numbers != CodeNumbers.Halves ? $" (encodeResidual: false of {nameof(IndexIVFScalarQuantizer)})." : "."),
        name);

    private enum CodeNumbers
    {
        Halves,
        Bytes,
        SignedBytes,

        /// <summary>The least component and the range of each vector in half precision.</summary>
        HalfSpans,

        /// <summary>The least component and the range of each vector in single precision.</summary>
        SingleSpans,
    }
}
