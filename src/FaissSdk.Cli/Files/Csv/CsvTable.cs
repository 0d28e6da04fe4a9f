using System.Globalization;
using System.Text;

namespace FaissSdk.Cli;

/// <summary>Collects the numbers of a text file line by line. Its first two lines show the layout.</summary>
internal sealed class CsvTable(InputFile file)
{
    private const int MaxLineLength = 1 << 29;
    private const int MinRoundedLength = 8;

    private readonly List<float> _values = [];
    private int _line;
    private int _comments;
    private byte? _separator;
    private byte[]? _first;
    private int _firstLine;
    private CsvLayout? _layout;
    private int _dimension;
    private bool _countsLines = true;

    /// <summary>Adds a line without its end.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        _line++;
        if (_line == 1 && line.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        line = line.Trim((byte)' ');
        if (line.IndexOfAnyExcept(" \t"u8) < 0)
        {
            return;
        }

        if (line[0] == '#')
        {
            _comments++;
        }
        else if (_layout is not null)
        {
            AddNumbers(line, _line, _layout);
        }
        else if (_first is not null)
        {
            Begin(line);
        }
        else if (!ReadSeparator(line))
        {
            (_first, _firstLine) = (line.ToArray(), _line);
        }
    }

    /// <summary>Checks the length of a line that has not been read to its end.</summary>
    /// <param name="length">The number of bytes read so far.</param>
    /// <exception cref="InvalidDataException">The line is too long.</exception>
    public void CheckLength(int length)
    {
        if (length >= MaxLineLength)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: line {_line + 1} is longer than {MaxLineLength} bytes."));
        }
    }

    public VectorSet ToVectors()
    {
        if (_layout is null && _first is not null)
        {
            Begin([]);
        }

        if (_values.Count == 0)
        {
            throw new InvalidDataException($"{file.Name}: has no line of numbers, expected comma-separated numbers, one vector per line.");
        }

        if (_comments > 0)
        {
            file.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{_comments} {(_comments == 1 ? "line that starts" : "lines that start")} with # left out"));
        }

        if (_countsLines && _dimension > 1 && _values.Count / _dimension > 2)
        {
            file.Notes.Add("the first column counts the lines and is kept; if it is an index, remove it");
        }

        return new VectorSet([.. _values], _dimension);
    }

    // Spreadsheets write the separator into a line of its own: sep=;
    private bool ReadSeparator(ReadOnlySpan<byte> line)
    {
        var statement = line.Trim((byte)'"');
        if (statement.Length != 5 || !statement.StartsWith("sep="u8))
        {
            return false;
        }

        _separator = statement[4];
        return true;
    }

    private void Begin(ReadOnlySpan<byte> second)
    {
        _layout = CsvLayout.Of(_first, second, _separator);
        if (_layout.HasHeader)
        {
            AddHeaderNotes(_layout);
        }
        else
        {
            AddNumbers(_first, _firstLine, _layout);
        }

        if (_layout.IsDoubtful)
        {
            file.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"line {_firstLine} is kept as a vector, but looks like the names of columns; if it is a header, remove it"));
        }

        if (_layout.HasFinalSeparator)
        {
            file.Notes.Add("the separator at the end of the lines is left out, because no number follows it");
        }

        if (!second.IsEmpty)
        {
            AddNumbers(second, _line, _layout);
        }

        _first = [];
    }

    private void AddHeaderNotes(CsvLayout layout)
    {
        if (!layout.NamesMatch)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{file.Name}: line {_firstLine} has {layout.Names} names, but line {_line} has {layout.Fields} fields; correct the header, or remove it."));
        }

        file.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"line {_firstLine} is taken for a header: {Excerpt.Of(Encoding.UTF8.GetString(_first.AsSpan(0, Math.Min(_first!.Length, 200))).Replace('\t', ' '), 60)}"));
        if (layout.HasIndex)
        {
            file.Notes.Add("the first column has no name, and is left out as an index of the lines");
        }
    }

    private void AddNumbers(ReadOnlySpan<byte> line, int number, CsvLayout layout)
    {
        if (layout.HasFinalSeparator && line[^1] == layout.Separator)
        {
            line = line[..^1];
        }

        var count = 0;
        var values = 0;
        for (var fields = new CsvFields(line, layout.Separator); fields.MoveNext();)
        {
            count++;
            var field = fields.Current;
            var isNumber = CsvNumber.TryParse(field, out var value);
            if (layout.HasIndex && count == 1)
            {
                CheckIndex(field, isNumber, number);
                continue;
            }

            if (!isNumber)
            {
                throw FieldError(number, count, field, CsvNumber.Explain(field, layout.Separator) + (number == _firstLine ? " (A line is a header only if none of its fields is a number.)" : ""));
            }

            if (!float.IsFinite(value))
            {
                throw FieldError(number, count, field, "is not a finite number of single precision; correct or remove the line.");
            }

            if (_values.Count == Array.MaxLength)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: line {number}: more than the {Array.MaxLength} numbers that fit into one array."));
            }

            if (field.Length >= MinRoundedLength && !file.HasRounded && CsvNumber.IsRounded(field, value))
            {
                file.NoteRounding(FieldText(number, count, field) + string.Create(CultureInfo.InvariantCulture, $" is rounded by float32 to {value:R}"));
            }

            if (values++ == 0)
            {
                _countsLines = _countsLines && IsLineNumber(field, value);
            }

            _values.Add(value);
        }

        CheckCount(number, values);
    }

    private void CheckCount(int number, int values)
    {
        if (_dimension == 0 && values > 0)
        {
            _dimension = values;
        }
        else if (values != _dimension || values == 0)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: line {number} has {values} numbers, but the lines before it have {_dimension}."));
        }
    }

    // A number with a point is hardly an index, and leaving it out would lose data.
    private void CheckIndex(ReadOnlySpan<byte> field, bool isNumber, int number)
    {
        if (isNumber && !CsvNumber.IsInteger(field))
        {
            throw FieldError(number, 1, field, string.Create(CultureInfo.InvariantCulture, $"is no index of a line, but line {_firstLine} has no name for its column; name or remove the column."));
        }
    }

    private bool IsLineNumber(ReadOnlySpan<byte> field, float value) =>
        CsvNumber.IsInteger(field) && (_values.Count == 0 ? value is 0 or 1 : value - _values[0] == _values.Count / _dimension);

    private InvalidDataException FieldError(int line, int number, ReadOnlySpan<byte> field, string what) => new($"{file.Name}: {FieldText(line, number, field)} {what}");

    private static string FieldText(int line, int number, ReadOnlySpan<byte> field) =>
        string.Create(CultureInfo.InvariantCulture, $"line {line}, field {number}: '{Excerpt.Of(Encoding.UTF8.GetString(field[..Math.Min(field.Length, 200)]))}'");
}
