using System.Text;

namespace FaissSdk.Cli;

/// <summary>Hands the bytes of UTF-8 to a writer of text, which takes the place of the standard output in tests and hosts.</summary>
internal sealed class TextStream(TextWriter writer) : Stream
{
    private const int MaxPart = 1 << 16;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly char[] _chars = new char[MaxPart + 16];

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        for (; buffer.Length > MaxPart; buffer = buffer[MaxPart..])
        {
            Decode(buffer[..MaxPart], isLast: false);
        }

        Decode(buffer, isLast: false);
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Decode([], isLast: true);
        }

        base.Dispose(disposing);
    }

    private void Decode(ReadOnlySpan<byte> bytes, bool isLast) => writer.Write(_chars, 0, _decoder.GetChars(bytes, _chars, isLast));
}
