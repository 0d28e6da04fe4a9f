namespace FaissSdk.Cli;

/// <summary>Represents what the fields of a line have in common. An empty last field counts as a separator at the end of the line.</summary>
internal sealed class CsvLine
{
    private CsvLine(ReadOnlySpan<byte> line, byte separator)
    {
        Span<byte> digits = stackalloc byte[10];
        var isLastEmpty = false;
        for (var fields = new CsvFields(line, separator); fields.MoveNext(); Count++)
        {
            var field = fields.Current;
            if (isLastEmpty)
            {
                IsNumeric = IsInteger = false;
            }

            if (Count == 0)
            {
                IsFirstUnnamed = field.IsEmpty || field.SequenceEqual("Unnamed: 0"u8);
                First = CsvNumber.TryParse(field, out var value) ? value : float.NaN;
                IsFirstText = fields.IsQuoted || !CsvNumber.IsNumberLike(field);
            }

            isLastEmpty = field.IsEmpty && separator != CsvFields.Blanks;
            IsNumeric &= isLastEmpty || CsvNumber.TryParse(field, out _);
            IsInteger &= isLastEmpty || CsvNumber.IsInteger(field);
            HasNumbers |= CsvNumber.IsNumberLike(field);
            IsMissing &= CsvNumber.IsMissing(field);
            IsQuoted &= fields.IsQuoted;
            IsUnquoted &= !fields.IsQuoted;
            var expected = Count - (IsFirstUnnamed ? 1 : 0);
            CountsFromZero &= expected < 0 || (expected.TryFormat(digits, out var length) && field.SequenceEqual(digits[..length]));
        }

        HasFinalSeparator = isLastEmpty && Count > 1;
        Count -= HasFinalSeparator ? 1 : 0;
    }

    /// <summary>Gets the number of fields.</summary>
    public int Count { get; }

    public bool HasFinalSeparator { get; }

    /// <summary>Gets a value indicating whether all fields are numbers.</summary>
    public bool IsNumeric { get; } = true;

    /// <summary>Gets a value indicating whether all fields are integers without point or exponent.</summary>
    public bool IsInteger { get; } = true;

    /// <summary>Gets a value indicating whether any field is a number or is written like one.</summary>
    public bool HasNumbers { get; }

    /// <summary>Gets a value indicating whether all fields mark missing values.</summary>
    public bool IsMissing { get; } = true;

    public bool IsQuoted { get; } = true;

    public bool IsUnquoted { get; } = true;

    /// <summary>Gets a value indicating whether the first field is empty or the name that pandas gives to a column without one.</summary>
    public bool IsFirstUnnamed { get; }

    public bool IsFirstText { get; }

    /// <summary>Gets the first field; NaN if it is not a number.</summary>
    public float First { get; } = float.NaN;

    /// <summary>Gets a value indicating whether the fields, or those after an unnamed one, are 0, 1, 2, and so on.</summary>
    public bool CountsFromZero { get; } = true;

    /// <summary>Gets a value indicating whether the fields can be names of columns.</summary>
    public bool HasNamesOnly => !HasNumbers && !IsMissing;

    public static CsvLine Of(ReadOnlySpan<byte> line, byte separator) => new(line, separator);
}
