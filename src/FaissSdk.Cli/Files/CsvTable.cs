using System.Globalization;
using System.Text;

namespace FaissSdk.Cli;

/// <summary>Collects the numbers of a CSV file line by line.</summary>
internal sealed class CsvLines(string path)
{
    private const int MaxLineLength = 1 << 29;

    private readonly List<float> _values = [];
    private int _line;
    private int _dimension;
    private bool _hasSeenText;

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

        var isFirst = !_hasSeenText;
        _hasSeenText = true;
        if (!isFirst || !IsHeader(line))
        {
            AddNumbers(line);
        }
    }

    /// <summary>Checks the length of a line that has not been read to its end.</summary>
    /// <param name="length">The number of bytes read so far.</param>
    /// <exception cref="InvalidDataException">The line is too long.</exception>
    public void CheckLength(int length)
    {
        if (length >= MaxLineLength)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}: line {_line + 1} is longer than {MaxLineLength} bytes."));
        }
    }

    public VectorSet ToVectors() => _values.Count > 0
        ? new VectorSet([.. _values], _dimension)
        : throw new InvalidDataException($"{path}: has no line of numbers, expected comma-separated numbers, one vector per line.");

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
                throw FieldError(fields, field, "is not a number, expected numbers separated by commas.");
            }

            if (!float.IsFinite(value))
            {
                throw FieldError(fields, field, "is not a finite number of single precision; correct or remove the line.");
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
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}: line {_line} has {fields} numbers, but the lines before it have {_dimension}."));
        }
    }

    private InvalidDataException FieldError(int number, ReadOnlySpan<byte> field, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{path}: line {_line}, field {number}: '{Excerpt.Of(Encoding.UTF8.GetString(field[..Math.Min(field.Length, 200)]))}' {what}"));

    private static bool TryParse(ReadOnlySpan<byte> field, out float value) => float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
