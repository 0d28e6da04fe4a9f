using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaissSdk.Cli;

/// <summary>Represents a type of numbers in binary files, and its conversion to float32.</summary>
internal abstract class NumberType
{
    public static readonly NumberType Single = new Of<float>("float32");
    public static readonly NumberType Byte = new Of<byte>("uint8");
    public static readonly NumberType SByte = new Of<sbyte>("int8");
    public static readonly NumberType Int32 = new Of<int>("int32");

    /// <summary>Gets the name in NumPy.</summary>
    public abstract string Name { get; }

    /// <summary>Gets the number of bytes of a number.</summary>
    public abstract int Size { get; }

    /// <summary>Returns the type that a NumPy array declares by a letter and a size in bytes; null if it cannot be converted.</summary>
    public static NumberType? FromNumPy(char kind, int size) => (kind, size) switch
    {
        ('f', 2) => new Of<Half>("float16"),
        ('f', 4) => Single,
        ('f', 8) => new Of<double>("float64"),
        ('i', 1) => SByte,
        ('i', 2) => new Of<short>("int16"),
        ('i', 4) => Int32,
        ('i', 8) => new Of<long>("int64"),
        ('u', 1) => Byte,
        ('u', 2) => new Of<ushort>("uint16"),
        ('u', 4) => new Of<uint>("uint32"),
        ('u', 8) => new Of<ulong>("uint64"),
        ('b', 1) => new Of<byte>("bool"),
        _ => null,
    };

    /// <summary>Reverses the bytes of every number.</summary>
    public abstract void ReverseEndianness(Span<byte> numbers);

    /// <summary>Converts numbers of a file, each to the nearest float32, and notes the first integer that is rounded.</summary>
    /// <param name="file">The file.</param>
    /// <param name="numbers">The numbers in the byte order of this machine.</param>
    /// <param name="converted">The numbers as float32.</param>
    /// <param name="first">The position of the first one among the numbers of the file.</param>
    /// <param name="dimension">The dimension of the vectors.</param>
    /// <param name="rows">The number of vectors if the file stores component after component; 0 if it stores vector after vector.</param>
    /// <exception cref="InvalidDataException">A number is beyond the range of float32.</exception>
    public void Convert(InputFile file, ReadOnlySpan<byte> numbers, Span<float> converted, long first, long dimension, long rows = 0)
    {
        Convert(numbers, converted);
        var lost = IndexOfLost(numbers, converted);
        if (lost < 0)
        {
            return;
        }

        var position = first + lost;
        var (vector, component) = rows == 0 ? (position / dimension, position % dimension) : (position % rows, position / rows);
        var number = string.Create(CultureInfo.InvariantCulture, $"component {component} of vector {vector} (both counted from 0) is {Format(numbers, lost)}");
        if (!float.IsFinite(converted[lost]))
        {
            throw new InvalidDataException($"{file.Name}: {number}, beyond the range of float32; scale the data down or remove the vector.");
        }

        file.NoteRounding(string.Create(CultureInfo.InvariantCulture, $"{number}, which float32 rounds to {converted[lost]:R}"));
    }

    protected abstract void Convert(ReadOnlySpan<byte> numbers, Span<float> converted);

    /// <summary>Returns the first finite number that became infinite, or the first integer that was rounded; −1 if there is none.</summary>
    protected abstract int IndexOfLost(ReadOnlySpan<byte> numbers, ReadOnlySpan<float> converted);

    protected abstract string Format(ReadOnlySpan<byte> numbers, int index);

    private sealed class Of<T>(string name) : NumberType
        where T : unmanaged, INumber<T>
    {
        // Integers below this are float32 numbers.
        private const float MinRounded = 1 << 24;

        public override string Name => name;

        public override int Size => Unsafe.SizeOf<T>();

        public override void ReverseEndianness(Span<byte> numbers)
        {
            if (Size == sizeof(ushort))
            {
                Reverse<ushort>(numbers, BinaryPrimitives.ReverseEndianness);
            }
            else if (Size == sizeof(uint))
            {
                Reverse<uint>(numbers, BinaryPrimitives.ReverseEndianness);
            }
            else if (Size == sizeof(ulong))
            {
                Reverse<ulong>(numbers, BinaryPrimitives.ReverseEndianness);
            }
        }

        protected override void Convert(ReadOnlySpan<byte> numbers, Span<float> converted) =>
            TensorPrimitives.ConvertTruncating(MemoryMarshal.Cast<byte, T>(numbers), converted);

        protected override int IndexOfLost(ReadOnlySpan<byte> numbers, ReadOnlySpan<float> converted)
        {
            var isFloat = typeof(T) == typeof(double);
            if (typeof(T) == typeof(float) || Size <= sizeof(short) || (isFloat ? TensorPrimitives.IsFiniteAll(converted) : float.Abs(TensorPrimitives.MaxMagnitude(converted)) < MinRounded))
            {
                return -1;
            }

            var originals = MemoryMarshal.Cast<byte, T>(numbers);
            for (var i = 0; i < originals.Length; i++)
            {
                if (isFloat ? T.IsFinite(originals[i]) && !float.IsFinite(converted[i]) : float.Abs(converted[i]) >= MinRounded && Int128.CreateChecked(originals[i]) != (Int128)converted[i])
                {
                    return i;
                }
            }

            return -1;
        }

        protected override string Format(ReadOnlySpan<byte> numbers, int index) => MemoryMarshal.Cast<byte, T>(numbers)[index].ToString(null, CultureInfo.InvariantCulture);

        private static void Reverse<TBits>(Span<byte> numbers, Action<ReadOnlySpan<TBits>, Span<TBits>> reverse)
            where TBits : unmanaged
        {
            var bits = MemoryMarshal.Cast<byte, TBits>(numbers);
            reverse(bits, bits);
        }
    }
}
