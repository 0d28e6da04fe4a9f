using System.Buffers.Binary;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FaissSdk;

/// <summary>Represents the vectors of a file whose rows have equal sizes.</summary>
internal sealed class FileVectorSequence(string path, VectorFileLayout layout) : VectorSequence(layout.Dimension)
{
    public override long? Count => layout.Count;

    public override VectorReader Open(CancellationToken cancellationToken) => new Reader(path, layout);

    private sealed class Reader(string path, VectorFileLayout layout) : VectorReader
    {
        private const int BufferBytes = 1 << 20;

        // The components of a chunk may have more bytes than a span of bytes holds.
        private const int MaxReadBytes = 16 << 20;

        private readonly SafeFileHandle _file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        private byte[] _buffer = [];
        private long _next;

        public override int Read(Span<float> vectors)
        {
            var rows = (int)Math.Min(vectors.Length / layout.Dimension, layout.Count - _next);
            if (rows == 0)
            {
                return 0;
            }

            if (layout is { PrefixBytes: 0, Type: VectorComponent.Single } && BitConverter.IsLittleEndian)
            {
                rows = Math.Min(rows, Math.Max(1, MaxReadBytes / layout.RowBytes));
                Fill(MemoryMarshal.AsBytes(vectors[..(rows * layout.Dimension)]));
            }
            else
            {
                rows = Math.Min(rows, Math.Max(1, BufferBytes / layout.RowBytes));
                ReadRows(vectors, rows);
            }

            _next += rows;
            return rows;
        }

        protected override void Dispose(bool disposing)
        {
            _file.Dispose();
            base.Dispose(disposing);
        }

        private void ReadRows(Span<float> vectors, int rows)
        {
            var (rowBytes, dimension) = (layout.RowBytes, layout.Dimension);
            _buffer = _buffer.Length < rows * rowBytes ? new byte[rows * rowBytes] : _buffer;
            Fill(_buffer.AsSpan(0, rows * rowBytes));
            if (layout.PrefixBytes == 0)
            {
                Convert(_buffer.AsSpan(0, rows * rowBytes), vectors);
                return;
            }

            for (var row = 0; row < rows; row++)
            {
                var bytes = _buffer.AsSpan(row * rowBytes, rowBytes);
                var found = BinaryPrimitives.ReadInt32LittleEndian(bytes);
                if (found != dimension)
                {
                    throw new InvalidDataException($"{path}: vector {_next + row} has dimension {found}, but vector 0 has {dimension}.");
                }

                Convert(bytes[layout.PrefixBytes..], vectors[(row * dimension)..]);
            }
        }

        private void Convert(ReadOnlySpan<byte> bytes, Span<float> vectors)
        {
            switch (layout.Type)
            {
                case VectorComponent.Single:
                    MemoryMarshal.Cast<byte, float>(bytes).CopyTo(vectors);
                    break;
                case VectorComponent.Double:
                    Convert(MemoryMarshal.Cast<byte, double>(bytes), vectors);
                    break;
                case VectorComponent.Half:
                    Components.ToSingle(MemoryMarshal.Cast<byte, Half>(bytes), vectors);
                    break;
                case VectorComponent.SByte:
                    Components.ToSingle(MemoryMarshal.Cast<byte, sbyte>(bytes), vectors);
                    break;
                default:
                    Components.ToSingle(bytes, vectors);
                    break;
            }
        }

        private void Convert(ReadOnlySpan<double> numbers, Span<float> vectors)
        {
            var converted = vectors[..numbers.Length];
            Components.ToSingle(numbers, converted);
            if (TensorPrimitives.IsFiniteAll<float>(converted))
            {
                return;
            }

            // An infinite number of the file stays one.
            for (var i = 0; i < numbers.Length; i++)
            {
                if (double.IsFinite(numbers[i]) && !float.IsFinite(converted[i]))
                {
                    throw new InvalidDataException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{path}: component {i % layout.Dimension} of vector {_next + (i / layout.Dimension)} (both counted from 0) is {numbers[i]}, beyond the range of single precision; scale the data down or remove the vector."));
                }
            }
        }

        private void Fill(Span<byte> bytes)
        {
            var offset = layout.Offset + (_next * layout.RowBytes);
            while (bytes.Length > 0)
            {
                var read = RandomAccess.Read(_file, bytes, offset);
                if (read == 0)
                {
                    throw new EndOfStreamException($"{path} ends at byte {offset}; it had {layout.Count} vectors of {layout.RowBytes} bytes when it was opened.");
                }

                bytes = bytes[read..];
                offset += read;
            }
        }
    }
}
