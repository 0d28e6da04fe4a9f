using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Compares how two indexes with inverted lists encode vectors: FAISS merges and copies codes without comparing what they mean.</summary>
internal static unsafe class Encoders
{
    // The number of codes that both indexes decode for comparison, if the library lacks the function.
    private const int SampleSize = 64;

    private static readonly OptionalFunction BinaryQuantizerFunction = new(nameof(FaissNative.faiss_IndexBinaryIVF_quantizer));
    private static readonly OptionalFunction SameEncoderFunction = new(nameof(FaissNative.faiss_sdk_same_encoder));

    /// <summary>Throws if one index does not decode the codes of the other as its own.</summary>
    /// <param name="index">An index.</param>
    /// <param name="other">An index of the same class, dimension and number of lists.</param>
    /// <param name="parts">The description of <paramref name="index"/>.</param>
    /// <param name="parameter">The name of the argument that is <paramref name="other"/>.</param>
    /// <exception cref="ArgumentException">The centroids or the encoders differ.</exception>
    /// <exception cref="NotSupportedException">The library does not show the encoder.</exception>
    public static void CheckEqual(NativeIndex* index, NativeIndex* other, IndexPart parts, string parameter)
    {
        if (!KnownDefects.OtherEncoders.IsPresent)
        {
            return;
        }

        if (!HaveEqualCentroids(index, other))
        {
            throw new ArgumentException($"{parameter} has other centroids; make it a copy (Clone, then Reset), so that the lists of both mean the same.", parameter);
        }

        if (!HaveEqualEncoders(index, other, parts))
        {
            throw new ArgumentException($"{parameter} has an encoder of other training or settings, so that its codes mean other vectors; make it a copy (Clone, then Reset).", parameter);
        }
    }

    /// <summary>Throws if the lists of two binary indexes have other centroids.</summary>
    public static void CheckEqualCentroids(FaissIndexBinary* index, FaissIndexBinary* other, string parameter)
    {
        if (!KnownDefects.OtherEncoders.IsPresent)
        {
            return;
        }

        BinaryQuantizerFunction.Require();
        var quantizer = FaissNative.faiss_IndexBinaryIVF_quantizer(index);
        var otherQuantizer = FaissNative.faiss_IndexBinaryIVF_quantizer(other);
        var count = FaissNative.faiss_IndexBinary_ntotal(quantizer);
        var equal = count == FaissNative.faiss_IndexBinary_ntotal(otherQuantizer);
        var size = FaissNative.faiss_IndexBinary_d(quantizer) / 8;
        var (centroid, otherCentroid) = (new byte[size], new byte[size]);
        fixed (byte* x = centroid, y = otherCentroid)
        {
            for (var list = 0L; equal && list < count; list++)
            {
                Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_reconstruct(quantizer, list, x));
                Status.ThrowIfFailed(FaissNative.faiss_IndexBinary_reconstruct(otherQuantizer, list, y));
                equal = centroid.AsSpan().SequenceEqual(otherCentroid);
            }
        }

        if (!equal)
        {
            throw new ArgumentException($"{parameter} has other centroids; make it a copy (Clone, then Reset), so that the lists of both mean the same.", parameter);
        }
    }

    private static bool HaveEqualCentroids(NativeIndex* index, NativeIndex* other)
    {
        var quantizer = FaissNative.faiss_IndexIVF_quantizer(index);
        var otherQuantizer = FaissNative.faiss_IndexIVF_quantizer(other);
        if (quantizer == otherQuantizer)
        {
            return true;
        }

        var dimension = FaissNative.faiss_Index_d(quantizer);
        var count = FaissNative.faiss_Index_ntotal(quantizer);
        if (dimension != FaissNative.faiss_Index_d(otherQuantizer) || count != FaissNative.faiss_Index_ntotal(otherQuantizer))
        {
            return false;
        }

        var (centroid, otherCentroid) = (new float[dimension], new float[dimension]);
        fixed (float* x = centroid, y = otherCentroid)
        {
            for (var list = 0L; list < count; list++)
            {
                if (FaissNative.faiss_Index_reconstruct(quantizer, list, x) != 0 || FaissNative.faiss_Index_reconstruct(otherQuantizer, list, y) != 0)
                {
                    throw new NotSupportedException("The quantizers cannot reconstruct their centroids, so that these cannot be compared: create their direct maps, or use flat quantizers.");
                }

                if (!AreEqual<float>(centroid, otherCentroid))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool HaveEqualEncoders(NativeIndex* index, NativeIndex* other, IndexPart parts)
    {
        if (SameEncoderFunction.IsPresent)
        {
            int same;
            Status.ThrowIfFailed(FaissNative.faiss_sdk_same_encoder(index, other, &same));
            return same != 0;
        }

        return FaissNative.faiss_IndexIVFFlat_cast(index) != null || DecodeEqually(index, other, parts);
    }

    // Codes of the first list and of any bytes are valid for all encoders except those of fast-scan lists.
    private static bool DecodeEqually(NativeIndex* index, NativeIndex* other, IndexPart parts)
    {
        if (parts.HoldsFastScanLists)
        {
            throw new NotSupportedException("This FAISS library does not show whether fast-scan lists have the same encoder; use one that scripts/build-native.sh has built.");
        }

        var dimension = FaissNative.faiss_Index_d(index);
        var size = SizeOf(index, dimension);
        if (size != SizeOf(other, dimension))
        {
            return false;
        }

        var codes = new byte[SampleSize * size];
        new Random(1).NextBytes(codes);
        for (var code = 0; code < SampleSize; code++)
        {
            codes.AsSpan(code * size, Math.Min(size, sizeof(long))).Clear();
        }

        var (vectors, otherVectors) = (new float[SampleSize * dimension], new float[SampleSize * dimension]);
        fixed (byte* bytes = codes)
        fixed (float* x = vectors, y = otherVectors)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_sa_decode(index, SampleSize, bytes, x));
            Status.ThrowIfFailed(FaissNative.faiss_Index_sa_decode(other, SampleSize, bytes, y));
        }

        return AreEqual<float>(vectors, otherVectors);
    }

    private static int SizeOf(NativeIndex* index, int dimension)
    {
        nuint size = 0;
        Status.ThrowIfFailed(FaissNative.faiss_Index_sa_code_size(index, &size));
        return KnownDefects.CodeSizeNotReturned.IsPresent ? StandaloneCodec.Measure(index, dimension) : checked((int)size);
    }

    // Compares bit for bit, so that NaN equals itself.
    private static bool AreEqual<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes(x).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.AsBytes(y));
}
