namespace FaissSdk.Cli;

/// <summary>Reads a stream and computes the CRC-32 of zip archives, which .NET does not check.</summary>
internal sealed class ChecksumStream(Stream stream) : Stream
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] Table = CreateTable();

    private uint _remainder = uint.MaxValue;

    /// <summary>Gets the checksum of the bytes read.</summary>
    public uint Checksum => ~_remainder;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = stream.Read(buffer);
        var remainder = _remainder;
        foreach (var value in buffer[..read])
        {
            remainder = Table[(byte)(remainder ^ value)] ^ (remainder >> 8);
        }

        _remainder = remainder;
        return read;
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        stream.Dispose();
        base.Dispose(disposing);
    }

    private static uint[] CreateTable()
    {
        var table = new uint[256];
        for (var i = 0U; i < table.Length; i++)
        {
            table[i] = i;
            for (var bit = 0; bit < 8; bit++)
            {
                table[i] = (table[i] >> 1) ^ ((table[i] & 1) == 0 ? 0 : Polynomial);
            }
        }

        return table;
    }
}
