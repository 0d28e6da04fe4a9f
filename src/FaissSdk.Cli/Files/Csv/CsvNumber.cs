using System.Globalization;
using System.Text;

namespace FaissSdk.Cli;

/// <summary>Reads numbers from the fields of text files, and recognizes what is meant to be a number.</summary>
internal static class CsvNumber
{
    private static readonly HashSet<string> MissingValues = new(["", "-", "?", ".", "na", "n/a", "#n/a", "nil", "null", "none", "missing"], StringComparer.OrdinalIgnoreCase);

    public static bool TryParse(ReadOnlySpan<byte> field, out float value) => float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    public static bool IsInteger(ReadOnlySpan<byte> field) => field.Length > 0 && (field[0] is (byte)'+' or (byte)'-' ? field[1..] : field) is { IsEmpty: false } digits && digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    /// <summary>Returns whether a field is an integer that float32 rounds.</summary>
    public static bool IsRounded(ReadOnlySpan<byte> field, float value) =>
        long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) && (Int128)value != integer;

    /// <summary>Returns whether a field marks a value as missing.</summary>
    public static bool IsMissing(ReadOnlySpan<byte> field) => field.Length <= 8 && MissingValues.Contains(Encoding.UTF8.GetString(field));

    /// <summary>Returns whether a field is a number, or is written like one: with decimal comma, thousands separators or a percent sign.</summary>
    public static bool IsNumberLike(ReadOnlySpan<byte> field)
    {
        if (TryParse(field, out _) || field.SequenceEqual("inf"u8) || field.SequenceEqual("-inf"u8))
        {
            return true;
        }

        var digits = 0;
        for (var i = 0; i < field.Length; i++)
        {
            digits += char.IsAsciiDigit((char)field[i]) ? 1 : 0;
            if (!"0123456789+-.,eE'_ %"u8.Contains(field[i]) || (field[i] is (byte)'+' or (byte)'-' && i > 0 && field[i - 1] is not ((byte)'e' or (byte)'E')))
            {
                return false;
            }
        }

        // A number starts with its sign, its point or a digit; "e" and "E1" are names.
        return digits > 0 && field[0] is not ((byte)'e' or (byte)'E' or (byte)'_' or (byte)'%');
    }

    /// <summary>Returns why a field is not a number, and how to fix it.</summary>
    public static string Explain(ReadOnlySpan<byte> field, byte separator)
    {
        if (field.IsEmpty || IsMissing(field))
        {
            return "is not a number: the value is missing; fill it in, or remove the line or the column.";
        }

        if (field.Contains((byte)0))
        {
            return "is not a number: the file is binary, not text.";
        }

        if (field[0] == '"')
        {
            return "is not a number: the quote is not closed on the line.";
        }

        var text = Encoding.UTF8.GetString(field);
        if (text.FirstOrDefault(character => character > 127) is var foreign and > '\0')
        {
            return string.Create(CultureInfo.InvariantCulture, $"is not a number: it has the character U+{(int)foreign:X4}; write digits, '.', '-' and 'e' as in ASCII.");
        }

        return IsNumberLike(field) && field.IndexOfAny(",'_ "u8) >= 0
            ? "is not a number: decimal commas and thousands separators are not read; write it like 1234.5."
            : IsNumberLike(field) && field.Contains((byte)'%') ? "is not a number: percent signs are not read; remove them."
            : $"is not a number, expected numbers separated by {Name(separator)}.";
    }

    private static string Name(byte separator) => separator switch
    {
        (byte)',' => "commas",
        (byte)';' => "semicolons",
        (byte)'\t' => "tabs",
        CsvFields.Blanks => "blanks",
        _ => $"'{(char)separator}'",
    };
}
