using System.Runtime.CompilerServices;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents a mapping from vectors of one dimension to vectors of another, which may need training (FAISS: <c>VectorTransform</c>).</summary>
/// <remarks>
/// Calls that only read may run concurrently; beside <see cref="Train"/> the later call throws an <see cref="InvalidOperationException"/>. An index that contains a
/// transform keeps it alive, and trains it.
/// </remarks>
public abstract unsafe class VectorTransform : IDisposable
{
    // ⌊√(2³¹ − 1)⌋
    internal const int MaxDimension = 46_340;

    private static readonly OptionalFunction ReadFunction = new(nameof(FaissNative.faiss_read_VectorTransform_fname));
    private static readonly OptionalFunction ReadStreamFunction = new(nameof(FaissNative.faiss_sdk_read_transform), "Reading a transform on Windows");
    private static readonly OptionalFunction CheckFunction = new(nameof(FaissNative.faiss_sdk_check_transform));

    private protected VectorTransform(VectorTransformHandle handle)
    {
        Handle = handle;
        using var transform = handle.Acquire(this);
        InputDimension = FaissNative.faiss_VectorTransform_d_in(transform.Pointer);
        OutputDimension = FaissNative.faiss_VectorTransform_d_out(transform.Pointer);
    }

    /// <summary>Gets the number of components of a vector, dᵢₙ.</summary>
    public int InputDimension { get; }

    /// <summary>Gets the number of components of a transformed vector, dₒᵤₜ.</summary>
    public int OutputDimension { get; }

    /// <summary>Gets a value indicating whether vectors can be transformed.</summary>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public bool IsTrained
    {
        get
        {
            using var transform = Handle.AcquireAnytime(this);
            return FaissNative.faiss_VectorTransform_is_trained(transform.Pointer) != 0;
        }
    }

    internal VectorTransformHandle Handle { get; }

    /// <summary>Reads a transform from a file written by another program that uses FAISS. The C API has no function that writes one.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>The transform, as an instance of the type stored in the file.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="IOException">The file does not exist, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The caller lacks permission to read the file, or <paramref name="path"/> is a directory.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.10.0.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    /// <exception cref="FaissException">The file is truncated, or contains no transform that the loaded FAISS version supports.</exception>
    public static VectorTransform Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ReadFunction.Require();
        Span<byte> kind = stackalloc byte[4];
        using (var file = ReadableFile.Open(path))
        {
            file.ReadAtLeast(kind, kind.Length, throwOnEndOfStream: false);
        }

        var read = Read(path);
        VectorTransform loaded = kind switch
        {
            [(byte)'r', ..] => new RandomRotationMatrix(new VectorTransformHandle(read, &FaissNative.faiss_RandomRotationMatrix_free)),
            [(byte)'P', ..] => new PCAMatrix(new VectorTransformHandle(read, &FaissNative.faiss_PCAMatrix_free)),
            [(byte)'V', (byte)'i', (byte)'q', (byte)'m'] => new ITQMatrix(new VectorTransformHandle(read, &FaissNative.faiss_ITQMatrix_free)),
            [(byte)'V', (byte)'i', ..] => new ITQTransform(new VectorTransformHandle(read, &FaissNative.faiss_ITQTransform_free)),
            [(byte)'L', ..] => new LinearTransform(new VectorTransformHandle(read, &FaissNative.faiss_LinearTransform_free)),
            [(byte)'R', ..] => new RemapDimensionsTransform(new VectorTransformHandle(read, &FaissNative.faiss_RemapDimensionsTransform_free)),
            [(byte)'V', (byte)'N', ..] => new NormalizationTransform(new VectorTransformHandle(read, &FaissNative.faiss_NormalizationTransform_free)),
            [(byte)'V', (byte)'C', ..] => new CenteringTransform(new VectorTransformHandle(read, &FaissNative.faiss_CenteringTransform_free)),
            _ => new OtherTransform(new VectorTransformHandle(read, &FaissNative.faiss_VectorTransform_free)),
        };

        if (KnownDefects.DamagedFiles.IsPresent && CheckFunction.IsPresent && NativeFault.Of((nint)read, &Check) is { } fault)
        {
            loaded.Dispose();
            throw new FaissException($"'{path}' is damaged: {fault}.");
        }

        if (KnownDefects.OrthonormalFromFile.IsPresent && loaded is LinearTransform { IsTrained: true } linear)
        {
            linear.DetermineOrthonormality();
        }

        return loaded;
    }

    private static FaissVectorTransform* Read(string path)
    {
        var context = $"'{path}' does not contain a complete transform that the loaded FAISS version can read";
        if (OperatingSystem.IsWindows())
        {
            // FAISS would take the name in the code page of the system.
            ReadStreamFunction.Require();
            return (FaissVectorTransform*)CFile.Read(path, file =>
            {
                FaissVectorTransform* transform = null;
                Status.ThrowIfFailed(FaissNative.faiss_sdk_read_transform((void*)file, &transform), context);
                return (nint)transform;
            }).Result;
        }

        FaissVectorTransform* read = null;
        fixed (byte* name = Utf8.ZeroTerminated(path, nameof(path)))
        {
            Status.ThrowIfFailed(FaissNative.faiss_read_VectorTransform_fname((sbyte*)name, &read), context);
        }

        return read;
    }

    /// <summary>Trains the transform on vectors.</summary>
    /// <remarks>Requires exclusive access: if another call on the same object is running, the later call throws an <see cref="InvalidOperationException"/>.</remarks>
    /// <param name="vectors">The training vectors, row-major (n × dᵢₙ), finite, at least one.</param>
    /// <exception cref="ArgumentException">The length is 0 or not a multiple of <see cref="InputDimension"/>, a component is not finite or too large, or the vectors differ too little for whitening.</exception>
    /// <exception cref="InvalidOperationException">An index is made of the transform, or it can be trained only once and is trained; a <see cref="PCAMatrix"/> before FAISS 1.14.2 can be trained on fewer vectors than components only once.</exception>
    /// <exception cref="FaissException">FAISS rejected the call, for example because there are too few vectors.</exception>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public void Train(ReadOnlySpan<float> vectors)
    {
        using var transform = Handle.AcquireToChange(this);
        var count = VectorShape.CountVectors(vectors, InputDimension, nameof(vectors));
        if (count == 0)
        {
            throw new ArgumentException("vectors is empty; training needs at least one vector.", nameof(vectors));
        }

        VectorValues.CheckFinite(vectors, InputDimension, nameof(vectors));
        VectorValues.CheckMagnitude(vectors, InputDimension, count, nameof(vectors));
        CheckTrainable(transform.Pointer, vectors);
        using var call = ObservedCall.Start("train", this, count);
        fixed (float* x = vectors)
        {
            Status.ThrowIfFailed(FaissNative.faiss_VectorTransform_train(transform.Pointer, count, x));
        }

        CheckResult(transform.Pointer, nameof(vectors));
        call?.Succeed();
    }

    /// <summary>Transforms vectors.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="vectors">The vectors, row-major (n × dᵢₙ).</param>
    /// <param name="transformed">Receives the transformed vectors, row-major (n × dₒᵤₜ).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    /// <exception cref="InvalidOperationException">The transform is not trained.</exception>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public void Apply(ReadOnlySpan<float> vectors, Span<float> transformed)
    {
        using var transform = Handle.Acquire(this);
        var count = VectorShape.CountVectors(vectors, InputDimension, nameof(vectors));
        VectorShape.CheckLength(transformed.Length, (long)count * OutputDimension, nameof(transformed));
        VectorShape.CheckDisjoint<float, float>(vectors, transformed, nameof(transformed));
        CheckTrained(transform.Pointer);
        if (count == 0)
        {
            return;
        }

        fixed (float* x = vectors, xt = transformed)
        {
            FaissNative.faiss_VectorTransform_apply_noalloc(transform.Pointer, count, x, xt);
        }
    }

    /// <summary>Transforms vectors.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="vectors">The vectors, row-major (n × dᵢₙ).</param>
    /// <returns>The transformed vectors, row-major (n × dₒᵤₜ).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="InputDimension"/>.</exception>
    /// <exception cref="InvalidOperationException">The transform is not trained.</exception>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public float[] Apply(ReadOnlySpan<float> vectors)
    {
        var count = VectorShape.CountVectors(vectors, InputDimension, nameof(vectors));
        var transformed = new float[VectorShape.ArrayLength(count, OutputDimension, nameof(vectors))];
        Apply(vectors, transformed);
        return transformed;
    }

    /// <summary>Transforms vectors back; approximately if the transform loses information.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="transformed">The transformed vectors, row-major (n × dₒᵤₜ).</param>
    /// <param name="vectors">Receives the vectors, row-major (n × dᵢₙ).</param>
    /// <exception cref="ArgumentException">The length of a span does not match, or the spans overlap.</exception>
    /// <exception cref="InvalidOperationException">The transform is not trained.</exception>
    /// <exception cref="NotSupportedException">This transform is not reversible.</exception>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public void ReverseTransform(ReadOnlySpan<float> transformed, Span<float> vectors)
    {
        using var transform = Handle.Acquire(this);
        var count = CountTransformed(transform.Pointer, transformed, vectors);
        if (KnownDefects.IrreversibleTransforms.IsPresent && !IsReversible(transform.Pointer))
        {
            throw new NotSupportedException($"This {GetType().Name} is not reversible.");
        }

        if (count == 0)
        {
            return;
        }

        fixed (float* xt = transformed, x = vectors)
        {
            FaissNative.faiss_VectorTransform_reverse_transform(transform.Pointer, count, xt, x);
        }
    }

    /// <summary>Transforms vectors back; approximately if the transform loses information.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <param name="transformed">The transformed vectors, row-major (n × dₒᵤₜ).</param>
    /// <returns>The vectors, row-major (n × dᵢₙ).</returns>
    /// <exception cref="ArgumentException">The length is not a multiple of <see cref="OutputDimension"/>.</exception>
    /// <exception cref="InvalidOperationException">The transform is not trained.</exception>
    /// <exception cref="NotSupportedException">This transform is not reversible.</exception>
    /// <exception cref="ObjectDisposedException">The transform is disposed.</exception>
    public float[] ReverseTransform(ReadOnlySpan<float> transformed)
    {
        var count = VectorShape.CountVectors(transformed, OutputDimension, nameof(transformed));
        var vectors = new float[VectorShape.ArrayLength(count, InputDimension, nameof(transformed))];
        ReverseTransform(transformed, vectors);
        return vectors;
    }

    /// <summary>Frees the native transform, once no index needs it.</summary>
    public void Dispose()
    {
        Handle.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static void CheckDimensions(int inputDimension, int outputDimension)
    {
        CheckDimension(inputDimension);
        CheckDimension(outputDimension);
    }

    private protected static void CheckDimension(int dimension, [CallerArgumentExpression(nameof(dimension))] string? parameter = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension, parameter);

        if (KnownDefects.TransformDimensions.IsPresent)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, MaxDimension, parameter);
        }
    }

    /// <summary>Checks whether FAISS can train the transform on vectors (n × dᵢₙ).</summary>
    private protected virtual void CheckTrainable(FaissVectorTransform* transform, ReadOnlySpan<float> vectors)
    {
    }

    /// <summary>Checks what a training has made of the transform.</summary>
    private protected virtual void CheckResult(FaissVectorTransform* transform, string name)
    {
    }

    /// <summary>Gets a value indicating whether FAISS can reverse the transform. Where it cannot, it throws an exception that nothing catches.</summary>
    private protected virtual bool IsReversible(FaissVectorTransform* transform) => false;

    /// <summary>Checks the arguments of transforming vectors back, and returns their number.</summary>
    private protected int CountTransformed(FaissVectorTransform* transform, ReadOnlySpan<float> transformed, ReadOnlySpan<float> vectors)
    {
        var count = VectorShape.CountVectors(transformed, OutputDimension, nameof(transformed));
        VectorShape.CheckLength(vectors.Length, (long)count * InputDimension, nameof(vectors));
        VectorShape.CheckDisjoint(transformed, vectors, nameof(vectors));
        CheckTrained(transform);
        return count;
    }

    /// <summary>Refuses a transform that is not trained.</summary>
    internal virtual void CheckTrained(FaissVectorTransform* transform)
    {
        if (FaissNative.faiss_VectorTransform_is_trained(transform) == 0)
        {
            throw new InvalidOperationException($"This {GetType().Name} ({InputDimension} to {OutputDimension}) is not trained: call {nameof(Train)} first.");
        }
    }

    private static int Check(nint transform, sbyte* fault, nuint size, nuint* length) => FaissNative.faiss_sdk_check_transform((FaissVectorTransform*)transform, fault, size, length);
}
