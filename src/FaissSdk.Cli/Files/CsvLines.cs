using System.Globalization;
using System.Text;

namespace FaissSdk.Cli;

/// <summary>Gathers the numbers of a CSV file line by line.</summary>
internal sealed class CsvLines(string path)
{
    private const int LongestLine = 1 << 29;

    private readonly List<float> _values = [];
    private int _line;
    private int _dimension;
    private bool _seenText;

    public void Add(ReadOnlySpan<byte> line)
    {
        _line++;
        if (_line == 1 && line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty)
        {
            return;
        }

        var first = !_seenText;
        _seenText = true;
        if (!first || !IsHeader(line))
        {
            AddNumbers(line);
        }
    }

    /// <summary>To be called with the length so far of a line that goes on.</summary>
    public void CheckLongest(int length)
    {
        if (length >= LongestLine)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}: line {_line + 1} is longer than {LongestLine} bytes."));
        }
    }

    public VectorSet ToVectors() => _values.Count > 0
        ? new VectorSet([.. _values], _dimension)
        : throw new InvalidDataException($"{path}: has no line of numbers.");

    private static bool IsHeader(ReadOnlySpan<byte> line)
    {
        foreach (var range in line.Split((byte)','))
        {
            var field = line[range].Trim(" \t"u8);
            if (!field.IsEmpty && !TryParse(field, out _))
            {
                return true;
            }
        }

        return false;
    }

    private void AddNumbers(ReadOnlySpan<byte> line)
    {
        var fields = 0;
        foreach (var range in line.Split((byte)','))
        {
            fields++;
            var field = line[range].Trim(" \t"u8);
            if (!TryParse(field, out var value))
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}: line {_line}, field {fields}: '{Excerpt.Of(Encoding.UTF8.GetString(field[..Math.Min(field.Length, 200)]))}' is not a number."));
            }

            if (_values.Count == Array.MaxLength)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}: line {_line}: more than the {Array.MaxLength} numbers that fit into one array."));
            }

            _values.Add(value);
        }

        if (_dimension == 0)
        {
            _dimension = fields;
        }
        else if (fields != _dimension)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}: line {_line} has {fields} numbers, the lines before it have {_dimension}."));
        }
    }

    private static bool TryParse(ReadOnlySpan<byte> field, out float value) => float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
