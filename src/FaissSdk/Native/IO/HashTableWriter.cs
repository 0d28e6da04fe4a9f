using System.Buffers.Binary;

namespace FaissSdk.Native;

/// <summary>Passes the file of an index of several hash tables on to a stream, with the tables that FAISS loses.</summary>
/// <remarks>
/// FAISS writes the size of a bucket by as many bits as the greatest id has, which a bucket of all of 1, 2, 4, 8 … vectors does not
/// fit in. Such a table has no other bucket, so that it is known from its hash alone; it is written by one bit more, which all versions read.
/// </remarks>
internal sealed class HashTableWriter : Stream
{
    /// <summary>The bytes of a code, d, the size of a vector, the number of vectors, whether the index is trained, and the metric.</summary>
    public const int HeaderSize = 25;

    /// <summary>The bytes of the bits of a hash, the number of tables, and the bits to flip.</summary>
    public const int NumbersSize = 12;

    // The bits of an id, the number of buckets, and the number of bytes that follow.
    private const int TableSize = 20;
    private const int PieceSize = 1 << 16;

    private readonly Stream _target;
    private readonly long _count;
    private readonly byte[] _gathered = new byte[TableSize];
    private Step _step = Step.Numbers;
    private int _wanted = NumbersSize;
    private int _held;
    private long _left;
    private bool _drops;
    private long _rest;
    private int _tables;
    private int _hashBits;
    private int _idBits;
    private long _length;

    /// <param name="target">The stream, which is not closed.</param>
    /// <param name="maps">The number of ID maps around the hash tables.</param>
    /// <param name="count">The number of vectors.</param>
    /// <param name="codeSize">The bytes of a vector.</param>
    public HashTableWriter(Stream target, int maps, long count, int codeSize)
    {
        (_target, _count) = (target, count);
        _left = StartOf(maps, codeSize) + ((count - 1) * codeSize);
    }

    private enum Step
    {
        Numbers,
        Table,
        Hash,
        End,
    }

    /// <summary>Gets a value indicating whether a table was written anew.</summary>
    public bool HasChanged { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => _target.CanWrite;

    /// <summary>Gets the number of bytes that were passed on.</summary>
    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <summary>Returns where the numbers of the tables begin in the file of one vector: after the headers of maps, tables and storage, the size of the vector, and the vector.</summary>
    public static int StartOf(int maps, int codeSize) => ((maps + 2) * HeaderSize) + sizeof(long) + codeSize;

    /// <summary>Writes a table that holds all vectors in one bucket.</summary>
    public static void WriteTable(Stream target, int hashBits, ulong hash, int idBits, long count)
    {
        var header = new byte[TableSize];
        BinaryPrimitives.WriteInt32LittleEndian(header, idBits);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(4), 1);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(12), (hashBits + (idBits * (count + 1)) + 7) / 8);
        target.Write(header);

        var (piece, size, bits, pending) = (new byte[PieceSize], 0, (UInt128)hash, hashBits);
        for (var number = -1L; number < count; number++)
        {
            bits |= (UInt128)(ulong)(number < 0 ? count : number) << pending;
            pending += idBits;
            for (; pending >= 8 || (number == count - 1 && pending > 0); pending -= 8)
            {
                piece[size++] = (byte)bits;
                bits >>= 8;
                if (size == piece.Length)
                {
                    target.Write(piece);
                    size = 0;
                }
            }
        }

        target.Write(piece, 0, size);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var length = (int)Math.Min(_left > 0 ? _left : _step == Step.End ? int.MaxValue : _wanted - _held, buffer.Length);
            var part = buffer[..length];
            buffer = buffer[length..];
            if (_left > 0 || _step == Step.End)
            {
                _left -= Math.Min(_left, length);
                Pass(_drops ? [] : part);
                _drops &= _left > 0;
                continue;
            }

            part.CopyTo(_gathered.AsSpan(_held));
            _held += length;
            if (_held == _wanted)
            {
                Continue();
            }
        }
    }

    public override void Flush() => _target.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Pass(ReadOnlySpan<byte> bytes)
    {
        _target.Write(bytes);
        _length += bytes.Length;
    }

    private void Continue()
    {
        _held = 0;
        switch (_step)
        {
            case Step.Numbers:
                (_hashBits, _tables) = (BinaryPrimitives.ReadInt32LittleEndian(_gathered), BinaryPrimitives.ReadInt32LittleEndian(_gathered.AsSpan(4)));
                Pass(_gathered.AsSpan(0, NumbersSize));
                Expect(_tables > 0 ? Step.Table : Step.End, TableSize);
                break;
            case Step.Table:
                _idBits = BinaryPrimitives.ReadInt32LittleEndian(_gathered);
                _rest = BinaryPrimitives.ReadInt64LittleEndian(_gathered.AsSpan(12));
                if (BinaryPrimitives.ReadInt64LittleEndian(_gathered.AsSpan(4)) == 1 && _idBits < 63 && 1L << _idBits == _count)
                {
                    Expect(Step.Hash, (_hashBits + 7) / 8);
                    break;
                }

                Pass(_gathered);
                EndTable(drops: false);
                break;
            default:
                Span<byte> hash = stackalloc byte[sizeof(ulong)];
                _gathered.AsSpan(0, _wanted).CopyTo(hash);
                using (var table = new MemoryStream())
                {
                    WriteTable(table, _hashBits, BinaryPrimitives.ReadUInt64LittleEndian(hash) & ((1UL << _hashBits) - 1), _idBits + 1, _count);
                    Pass(table.GetBuffer().AsSpan(0, (int)table.Length));
                }

                HasChanged = true;
                _rest -= _wanted;
                EndTable(drops: true);
                break;
        }
    }

    private void EndTable(bool drops)
    {
        (_left, _drops) = (_rest, drops && _rest > 0);
        _tables--;
        Expect(_tables > 0 ? Step.Table : Step.End, TableSize);
    }

    private void Expect(Step step, int bytes) => (_step, _wanted) = (step, bytes);
}
