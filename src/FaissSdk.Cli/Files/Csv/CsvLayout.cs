namespace FaissSdk.Cli;

/// <summary>Represents how a text file arranges its numbers, as its first two lines show.</summary>
/// <param name="Separator">The separator of the fields.</param>
/// <param name="HasHeader">Whether the first line has names instead of numbers.</param>
/// <param name="HasIndex">Whether the first column is an index of the rows.</param>
/// <param name="HasFinalSeparator">Whether a separator follows the last number of a line, too.</param>
/// <param name="IsDoubtful">Whether the first line has numbers, but could be meant as a header: 0, 1, 2, and so on, or numbers in quotes unlike those of the second line.</param>
/// <param name="Names">The number of fields of the first line.</param>
/// <param name="Fields">The number of fields of the first line of numbers, with the index.</param>
internal sealed record CsvLayout(byte Separator, bool HasHeader, bool HasIndex, bool HasFinalSeparator, bool IsDoubtful, int Names, int Fields)
{
    // A first line of at least this many numbers that count up from 0 is a header: before a line of fractions, and before one of integers.
    private const int MinNamesBeforeFractions = 3;
    private const int MinNamesBeforeIntegers = 8;

    /// <summary>Gets a value indicating whether the header names all columns, or all but an index.</summary>
    public bool NamesMatch => Names == Fields || (HasIndex && Names == Fields - 1);

    /// <summary>Recognizes the layout.</summary>
    /// <param name="first">The first line that is neither blank nor a comment.</param>
    /// <param name="second">The next one; empty if there is none.</param>
    /// <param name="separator">The separator if the file states it, otherwise null.</param>
    public static CsvLayout Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, byte? separator)
    {
        var chosen = separator ?? FindNumeric(first) ?? FindNumeric(second) ?? FindPresent(first);
        var names = CsvLine.Of(first, chosen);
        var data = second.IsEmpty ? names : CsvLine.Of(second, chosen);
        var isUnnamed = names.IsFirstUnnamed && names.Count > 1;
        var hasHeader = IsHeader(names, data, first, second);
        if (!hasHeader)
        {
            var isDoubtful = !second.IsEmpty && ((names.CountsFromZero && names.Count > 1) || (names.IsQuoted && data.IsUnquoted));
            return new CsvLayout(chosen, false, false, names.HasFinalSeparator, isDoubtful, names.Count, names.Count);
        }

        // R and the text of pandas leave out the name of the index.
        var hasShortHeader = data.Count == names.Count + 1 && (data.IsFirstText || (chosen == CsvFields.Blanks && names.Count > 1));
        return new CsvLayout(chosen, true, isUnnamed || hasShortHeader, data.HasFinalSeparator, false, names.Count, data.Count);
    }

    private static bool IsHeader(CsvLine names, CsvLine data, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (names.IsFirstUnnamed && names.Count > 1)
        {
            return names.CountsFromZero || names.HasNamesOnly;
        }

        if (names.HasNamesOnly)
        {
            return CsvLine.Of(first, FindPresent(first)).HasNamesOnly;
        }

        return !second.IsEmpty
            && names.CountsFromZero
            && data.IsNumeric && data.Count == names.Count
            && (data.IsInteger ? names.Count >= MinNamesBeforeIntegers && data.First != names.Count : names.Count >= MinNamesBeforeFractions);
    }

    private static byte? FindNumeric(ReadOnlySpan<byte> line)
    {
        foreach (var separator in ",;\t| "u8)
        {
            if (!line.IsEmpty && CsvLine.Of(line, separator).IsNumeric)
            {
                return separator;
            }
        }

        return null;
    }

    private static byte FindPresent(ReadOnlySpan<byte> line)
    {
        foreach (var separator in ";\t|, "u8)
        {
            if (CsvFields.Count(line, separator) > 1)
            {
                return separator;
            }
        }

        return (byte)',';
    }
}
