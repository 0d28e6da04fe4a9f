using System.Globalization;

namespace FaissSdk.VectorData.Storage;

/// <summary>Specifies how values of a .NET type are stored in a column.</summary>
internal sealed class ColumnType
{
    public const string DecimalCollation = "FAISS_DECIMAL";

    // Its strings sort in the order of time.
    private const string InstantFormat = "yyyy-MM-dd HH:mm:ss.fffffff";

    private static readonly Dictionary<Type, ColumnType> Scalars = new ColumnType[]
    {
        Integer(typeof(bool), value => (bool)value ? 1 : 0, number => number != 0),
        Integer(typeof(byte), value => (byte)value, number => (byte)number),
        Integer(typeof(short), value => (short)value, number => (short)number),
        Integer(typeof(int), value => (int)value, number => (int)number),
        Integer(typeof(long), value => (long)value, number => number),
        Integer(typeof(TimeSpan), value => ((TimeSpan)value).Ticks, number => new TimeSpan(number)),
        new(typeof(float), "REAL", value => Finite((float)value), stored => (float)Convert.ToDouble(stored, CultureInfo.InvariantCulture)),
        new(typeof(double), "REAL", value => Finite((double)value), stored => Convert.ToDouble(stored, CultureInfo.InvariantCulture)),
        new(typeof(decimal), "TEXT COLLATE " + DecimalCollation, value => ((decimal)value).ToString(CultureInfo.InvariantCulture), stored => decimal.Parse((string)stored, CultureInfo.InvariantCulture)),
        new(typeof(string), "TEXT", value => value, stored => (string)stored),
        new(typeof(Guid), "TEXT", value => ((Guid)value).ToString(), stored => Guid.Parse((string)stored)),
        new(typeof(DateOnly), "TEXT", value => ((DateOnly)value).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), stored => DateOnly.ParseExact((string)stored, "yyyy-MM-dd", CultureInfo.InvariantCulture)),
        new(typeof(TimeOnly), "TEXT", value => ((TimeOnly)value).ToString("HH:mm:ss.fffffff", CultureInfo.InvariantCulture), stored => TimeOnly.ParseExact((string)stored, "HH:mm:ss.fffffff", CultureInfo.InvariantCulture)),
        new(typeof(DateTime), "TEXT", value => ((DateTime)value).ToString(InstantFormat, CultureInfo.InvariantCulture), stored => ParseInstant((string)stored))
        {
            GetExtra = value => (long)((DateTime)value).Kind,
            AddExtra = (value, kind) => DateTime.SpecifyKind((DateTime)value, (DateTimeKind)kind),
        },
        new(typeof(DateTimeOffset), "TEXT", value => ((DateTimeOffset)value).UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture), stored => new DateTimeOffset(ParseInstant((string)stored), TimeSpan.Zero))
        {
            GetExtra = value => (long)((DateTimeOffset)value).Offset.TotalMinutes,
            AddExtra = (value, minutes) => ((DateTimeOffset)value).ToOffset(TimeSpan.FromMinutes(minutes)),
        },
    }.ToDictionary(type => type.Type);

    private static readonly Dictionary<Type, ColumnType> Lists = ListColumns.All.ToDictionary(type => type.Type);

    public ColumnType(Type type, string declaration, Func<object, object> store, Func<object, object> load)
    {
        Type = type;
        Declaration = declaration;
        Store = store;
        Load = load;
    }

    /// <summary>Gets the type of the values, without <see cref="Nullable{T}"/>.</summary>
    public Type Type { get; }

    /// <summary>Gets the type of the column in SQL.</summary>
    public string Declaration { get; }

    /// <summary>Gets the function that converts a value to its stored form.</summary>
    public Func<object, object> Store { get; }

    /// <summary>Gets the function that converts the stored form to a value.</summary>
    public Func<object, object> Load { get; }

    /// <summary>Gets the function that converts a value to the content of a second column, if there is one.</summary>
    public Func<object, long>? GetExtra { get; private init; }

    /// <summary>Gets the function that completes a value with the content of the second column.</summary>
    public Func<object, long, object>? AddExtra { get; private init; }

    /// <summary>Gets the type of the elements if the values are lists, stored as JSON.</summary>
    public Type? ElementType { get; init; }

    public bool HasExtra => GetExtra is not null;

    public static string SupportedTypes => string.Join(", ", Scalars.Keys.Select(type => type.Name)) + ", and arrays and lists of them";

    public static ColumnType? Find(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return Scalars.GetValueOrDefault(plain) ?? Lists.GetValueOrDefault(plain);
    }

    private static ColumnType Integer(Type type, Func<object, long> store, Func<long, object> load) =>
        new(type, "INTEGER", value => store(value), stored => load((long)stored));

    // SQLite stores NaN as null.
    private static double Finite(double value) =>
        double.IsNaN(value) ? throw new ArgumentException("NaN cannot be stored in a data property; use a nullable property and null.") : value;

    private static DateTime ParseInstant(string text) => DateTime.ParseExact(text, InstantFormat, CultureInfo.InvariantCulture);
}
