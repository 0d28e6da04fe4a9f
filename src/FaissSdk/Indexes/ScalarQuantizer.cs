using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents the codec of an index that stores each component of a vector in few bits; a view of the index (FAISS: <c>ScalarQuantizer</c>).</summary>
public sealed unsafe class ScalarQuantizer
{
    private static readonly OptionalFunction TypeFunction = new(nameof(FaissNative.faiss_ScalarQuantizer_qtype));

    private readonly FaissIndex _owner;
    private readonly FaissScalarQuantizer* _codec;

    internal ScalarQuantizer(FaissIndex owner, FaissScalarQuantizer* codec)
    {
        TypeFunction.Require();
        _owner = owner;
        _codec = codec;
    }

    /// <summary>Gets the type, which determines how a component is stored.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public ScalarQuantizerType Type
    {
        get
        {
            using var index = _owner.Handle.AcquireAnytime(_owner);
            return (ScalarQuantizerType)FaissNative.faiss_ScalarQuantizer_qtype(_codec);
        }
    }

    /// <summary>Gets the number of bits of a component.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Bits
    {
        get
        {
            using var index = _owner.Handle.AcquireAnytime(_owner);
            return (int)FaissNative.faiss_ScalarQuantizer_bits(_codec);
        }
    }

    /// <summary>Gets the number of components of a vector, d.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int Dimension
    {
        get
        {
            using var index = _owner.Handle.AcquireAnytime(_owner);
            return (int)FaissNative.faiss_ScalarQuantizer_d(_codec);
        }
    }

    /// <summary>Gets the number of bytes of a code.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public int CodeSize
    {
        get
        {
            using var index = _owner.Handle.Acquire(_owner);
            return (int)FaissNative.faiss_ScalarQuantizer_code_size(_codec);
        }
    }

    /// <summary>Gets or sets the statistic by which training finds the range of values.</summary>
    /// <remarks>Set it before training. It throws an <see cref="InvalidOperationException"/> beside another call on the index.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a member of <see cref="RangeStatistic"/>.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public RangeStatistic RangeStatistic
    {
        get
        {
            using var index = _owner.Handle.AcquireAnytime(_owner);
            return (RangeStatistic)FaissNative.faiss_ScalarQuantizer_rangestat(_codec);
        }

        set
        {
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, $"The value is not a {nameof(FaissSdk.RangeStatistic)}.");
            }

            using var index = _owner.Handle.AcquirePartToChange(_owner);
            FaissNative.faiss_ScalarQuantizer_set_rangestat(_codec, (FaissRangeStat)value);
        }
    }

    /// <summary>Gets or sets the argument of <see cref="RangeStatistic"/>.</summary>
    /// <remarks>Set it before training. It throws an <see cref="InvalidOperationException"/> beside another call on the index.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public float RangeArgument
    {
        get
        {
            using var index = _owner.Handle.AcquireAnytime(_owner);
            return FaissNative.faiss_ScalarQuantizer_rangestat_arg(_codec);
        }

        set
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The argument must be finite.");
            }

            using var index = _owner.Handle.AcquirePartToChange(_owner);
            FaissNative.faiss_ScalarQuantizer_set_rangestat_arg(_codec, value);
        }
    }

    /// <summary>Returns a copy of the trained values: minima and ranges for most types; empty before training.</summary>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public float[] CopyTrained()
    {
        using var index = _owner.Handle.Acquire(_owner);
        var trained = new float[FaissNative.faiss_ScalarQuantizer_trained_size(_codec)];
        if (trained.Length > 0)
        {
            fixed (float* values = trained)
            {
                FaissNative.faiss_ScalarQuantizer_trained(_codec, values);
            }
        }

        return trained;
    }

    internal static void CheckType(ScalarQuantizerType type, string parameter)
    {
        if (!Enum.IsDefined(type))
        {
            throw new ArgumentOutOfRangeException(parameter, type, $"{parameter} is not a {nameof(ScalarQuantizerType)}.");
        }

        if (type > ScalarQuantizerType.EightBitDirectSigned)
        {
            KnownDefects.QuantizerTypesAfterDirectSigned.ThrowIfPresent($"{type}");
        }
        else if (type > ScalarQuantizerType.SixBit)
        {
            KnownDefects.QuantizerTypesAfterSixBit.ThrowIfPresent($"{type}");
        }
    }
}
