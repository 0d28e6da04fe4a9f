using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>The standalone codec.</content>
public abstract unsafe partial class FaissIndex
{
    // In some FAISS versions, kinds that encode in blocks of their own compute wrong codes for more vectors than such a block.
    private const int EncodedBlock = 1 << 15;

    private int _codeSize;
    private IndexPart? _checkedForDecoding;

    /// <summary>Gets the number of bytes of an encoded vector (FAISS: <c>sa_code_size</c>).</summary>
    /// <exception cref="InvalidOperationException">The index is not trained, and the loaded FAISS is older than 1.12.0.</exception>
    /// <exception cref="FaissException">This kind of index does not encode.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int CodeSize
    {
        get
        {
            using var index = Handle.Acquire(this);
            return CodeSizeOf(index.Pointer);
        }
    }

    /// <summary>Encodes vectors without adding them (FAISS: <c>sa_encode</c>).</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <param name="codes">Receives the codes (n × <see cref="CodeSize"/> bytes).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or a vector is not finite where the index needs it to be.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="NotSupportedException">The index was loaded, and the library cannot restore what encoding needs.</exception>
    /// <exception cref="FaissException">This kind of index does not encode.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Encode(ReadOnlySpan<float> vectors, Span<byte> codes)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        CheckTrained(index.Pointer);
        VectorShape.CheckLength(codes.Length, (long)count * CodeSizeOf(index.Pointer), nameof(codes));
        VectorShape.CheckDisjoint<float, byte>(vectors, codes, nameof(codes));
        CheckFinite(vectors);
        CheckEncodable();
        CheckQuantizersFindLists();
        if (count == 0)
        {
            return;
        }

        codes.Clear();
        var size = codes.Length / count;
        fixed (float* x = vectors)
        fixed (byte* bytes = codes)
        {
            using var settings = Handle.ReadSettings(ReadsSettingsTwice);
            using var turn = LocalSearch.EnterToEncode(Parts);
            for (var start = 0; start < count; start += EncodedBlock)
            {
                var block = Math.Min(EncodedBlock, count - start);
                Status.ThrowIfFailed(FaissNative.faiss_Index_sa_encode(index.Pointer, block, x + ((long)start * Dimension), bytes + ((long)start * size)));
            }
        }
    }

    /// <summary>Encodes vectors without adding them (FAISS: <c>sa_encode</c>).</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="vectors">The vectors, row-major (n × d).</param>
    /// <returns>The codes (n × <see cref="CodeSize"/> bytes).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="Dimension"/>, or a vector is not finite where the index needs it to be.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="NotSupportedException">The index was loaded, and the library cannot restore what encoding needs.</exception>
    /// <exception cref="FaissException">This kind of index does not encode.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public byte[] Encode(ReadOnlySpan<float> vectors)
    {
        var count = VectorShape.CountVectors(vectors, Dimension, nameof(vectors));
        var codes = new byte[VectorShape.ArrayLength(count, CodeSize, nameof(vectors))];
        Encode(vectors, codes);
        return codes;
    }

    /// <summary>Decodes codes to vectors, approximately (FAISS: <c>sa_decode</c>).</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="codes">The codes (n × <see cref="CodeSize"/> bytes), of an index with the same training.</param>
    /// <param name="vectors">Receives the vectors, row-major (n × d).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, the spans overlap, or a code refers to an inverted list that does not exist.</exception>
    /// <exception cref="NotSupportedException">The index refines, and the loaded FAISS is older than 1.15.0; it has fast-scan lists, and FAISS is older than 1.10.0; or it was loaded, and the library cannot restore what decoding needs.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="FaissException">This kind of index does not encode.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void Decode(ReadOnlySpan<byte> codes, Span<float> vectors)
    {
        using var index = Handle.Acquire(this);
        var count = VectorShape.CountVectors<float>(vectors, Dimension, nameof(vectors));
        CheckTrained(index.Pointer);
        VectorShape.CheckLength(codes.Length, (long)count * CodeSizeOf(index.Pointer), nameof(codes));
        VectorShape.CheckDisjoint<byte, float>(codes, vectors, nameof(vectors));
        if (count == 0)
        {
            return;
        }

        CheckDecodable();
        StandaloneCodec.CheckLists(Parts, codes, codes.Length / count, nameof(codes));
        fixed (byte* bytes = codes)
        fixed (float* x = vectors)
        {
            Status.ThrowIfFailed(FaissNative.faiss_Index_sa_decode(index.Pointer, count, bytes, x));
        }
    }

    /// <summary>Decodes codes to vectors, approximately (FAISS: <c>sa_decode</c>).</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="codes">The codes (n × <see cref="CodeSize"/> bytes), of an index with the same training.</param>
    /// <returns>The vectors, row-major (n × d).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="CodeSize"/>, or a code refers to an inverted list that does not exist.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained.</exception>
    /// <exception cref="NotSupportedException">The index refines, and the loaded FAISS is older than 1.15.0; it has fast-scan lists, and FAISS is older than 1.10.0; it was loaded, and the library cannot restore what decoding needs; or the codes have no bytes (one list and no bits).</exception>
    /// <exception cref="FaissException">This kind of index does not encode.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public float[] Decode(ReadOnlySpan<byte> codes)
    {
        var count = CountCodes(codes, CodeSize);
        var vectors = new float[VectorShape.ArrayLength(count, Dimension, nameof(codes))];
        Decode(codes, vectors);
        return vectors;
    }

    /// <summary>Returns the number of codes, which is unknown if a code has no bytes.</summary>
    private static int CountCodes(ReadOnlySpan<byte> codes, int size)
    {
        if (size == 0)
        {
            throw new NotSupportedException($"The codes of one list and no bits (IVF1,SQ0) have no bytes, so that their number is unknown; each stands for the centroid, which {nameof(IndexIVF.Quantizer)} holds.");
        }

        var (count, remainder) = Math.DivRem(codes.Length, size);
        return remainder == 0 ? count : throw new ArgumentException($"codes has {codes.Length} bytes, which is not a multiple of the code size {size}.", nameof(codes));
    }

    /// <summary>Throws if the index has to encode, and was read without what encoding needs.</summary>
    private protected void CheckEncodable()
    {
        if (Handle.LacksWhatLoadingOmits)
        {
            KnownDefects.LoadedNorms.ThrowIfPresent(Parts.VectorParts, "Encoding by additive quantizers from a file");
            KnownDefects.LoadedFastScanAdditive.ThrowIfPresent(Parts.VectorParts, "Encoding by fast-scan additive quantizers from a file");
        }
    }

    private void CheckDecodable()
    {
        if (ReferenceEquals(_checkedForDecoding, Parts))
        {
            return;
        }

        CheckDecoders();
        KnownDefects.RefinedCodes.ThrowIfPresent(Parts.Decoders, "Decoding the codes of a refining index");
        KnownDefects.FastScanListCodes.ThrowIfPresent(Parts.Decoders, "Decoding the codes of fast-scan lists");
        _checkedForDecoding = Parts;
    }

    private int CodeSizeOf(NativeIndex* index)
    {
        if (!KnownDefects.CodeSizeNotReturned.IsPresent)
        {
            nuint size = 0;
            Status.ThrowIfFailed(FaissNative.faiss_Index_sa_code_size(index, &size));
            return checked((int)size);
        }

        // FAISS computes the size and does not return it, so measure the bytes that an encoded vector writes.
        CheckTrained(index);
        if (_codeSize == 0)
        {
            nuint unwritten = 0;
            Status.ThrowIfFailed(FaissNative.faiss_Index_sa_code_size(index, &unwritten));
            _codeSize = StandaloneCodec.Measure(index, Dimension);
        }

        return _codeSize;
    }
}
