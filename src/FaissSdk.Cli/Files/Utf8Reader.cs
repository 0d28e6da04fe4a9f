using System.Text;

namespace FaissSdk.Cli;

/// <summary>Reads text in UTF-8, UTF-16 or UTF-32 as UTF-8.</summary>
internal sealed class Utf8Reader
{
    private const int SampleSize = 64;

    private readonly InputFile _file;
    private readonly Decoder? _decoder;
    private byte[] _bytes = [];
    private char[] _characters = [];

    public Utf8Reader(InputFile file)
    {
        _file = file;
        var sample = new byte[SampleSize];
        var encoding = Detect(sample.AsSpan(0, file.Read(sample)));
        file.Rewind();
        if (encoding is not null)
        {
            file.Notes.Add($"the text is in {encoding.WebName.ToUpperInvariant()}");
            _decoder = encoding.GetDecoder();
        }
    }

    /// <summary>Reads the next bytes; 0 only at the end.</summary>
    /// <param name="target">The place for the text, at least 64 bytes.</param>
    public int Read(Span<byte> target)
    {
        if (_decoder is null)
        {
            return _file.Read(target);
        }

        // Two bytes are one character, which takes three bytes at most.
        Array.Resize(ref _bytes, target.Length / 4 * 2);
        Array.Resize(ref _characters, _bytes.Length);
        while (true)
        {
            var read = _file.Read(_bytes);
            var characters = _decoder.GetChars(_bytes, 0, read, _characters, 0, flush: read == 0);
            if (characters > 0 || read == 0)
            {
                return Encoding.UTF8.GetBytes(_characters.AsSpan(0, characters), target);
            }
        }
    }

    /// <summary>Returns the encoding that a byte order mark shows, or the zeros in every second byte; null for UTF-8.</summary>
    private static Encoding? Detect(ReadOnlySpan<byte> start) => start switch
    {
        [0xFF, 0xFE, 0, 0, ..] => Encoding.UTF32,
        [0, 0, 0xFE, 0xFF, ..] => new UTF32Encoding(bigEndian: true, byteOrderMark: true),
        [0xFF, 0xFE, ..] => Encoding.Unicode,
        [0xFE, 0xFF, ..] => Encoding.BigEndianUnicode,
        [not 0, 0, not 0, 0, ..] => Encoding.Unicode,
        [0, not 0, 0, not 0, ..] => Encoding.BigEndianUnicode,
        _ => null,
    };
}
