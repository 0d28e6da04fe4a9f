namespace FaissSdk.Cli;

/// <summary>Enumerates the fields of a line, without the blanks and the double quotes around them.</summary>
/// <param name="line">The line.</param>
/// <param name="separator">The separator; a space stands for any number of spaces and tabs.</param>
internal ref struct CsvFields(ReadOnlySpan<byte> line, byte separator)
{
    public const byte Blanks = (byte)' ';

    private ReadOnlySpan<byte> _rest = line;
    private bool _isAtEnd;

    /// <summary>Gets the current field.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Gets a value indicating whether the current field was enclosed in quotes.</summary>
    public bool IsQuoted { get; private set; }

    public static int Count(ReadOnlySpan<byte> line, byte separator)
    {
        var count = 0;
        for (var fields = new CsvFields(line, separator); fields.MoveNext();)
        {
            count++;
        }

        return count;
    }

    public readonly CsvFields GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_isAtEnd)
        {
            return false;
        }

        IsQuoted = false;
        if (_rest is not [> (byte)' ' and not (byte)'"', ..])
        {
            // Blanks or a quote: the rare case.
            var start = _rest.TrimStart(separator == '\t' ? " "u8 : " \t"u8);
            if (separator == Blanks)
            {
                _rest = start;
            }

            if (start is [(byte)'"', ..] && Unquote(start))
            {
                return true;
            }
        }

        var field = Take(separator == Blanks ? _rest.IndexOfAny(" \t"u8) : _rest.IndexOf(separator));
        Current = field is [<= (byte)' ', ..] or [.., <= (byte)' '] ? field.Trim(" \t"u8) : field;
        return true;
    }

    // Takes a field up to its closing quote; false if there is none, or if a text follows it within the field.
    private bool Unquote(ReadOnlySpan<byte> field)
    {
        var end = 1;
        while (end < field.Length && (field[end] != '"' || (end + 1 < field.Length && field[end + 1] == '"')))
        {
            end += field[end] == '"' ? 2 : 1;
        }

        if (end >= field.Length)
        {
            return false;
        }

        var after = field[(end + 1)..];
        var length = separator == Blanks ? after.IndexOfAny(" \t"u8) : after.IndexOf(separator);
        if (!(length < 0 ? after : after[..length]).Trim(" \t"u8).IsEmpty)
        {
            return false;
        }

        _rest = after;
        Take(length);
        Current = field[1..end].Trim(" \t"u8);
        IsQuoted = true;
        return true;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        var field = length < 0 ? _rest : _rest[..length];
        _rest = length < 0 ? [] : _rest[(length + 1)..];
        // Blanks at the end of a line separate no field.
        _isAtEnd = length < 0 || (separator == Blanks && _rest.Trim(" \t"u8).IsEmpty);
        return field;
    }
}
