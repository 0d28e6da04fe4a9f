using FaissSdk.VectorData.Storage;

namespace FaissSdk.VectorData.Filters;

/// <summary>Converts values of filters to those that columns store.</summary>
internal static class StoredValue
{
    /// <summary>Gets a value as a column of the type stores it, or as a column of its own type would.</summary>
    /// <exception cref="NotSupportedException">No column holds such values.</exception>
    public static object? Of(object? value, Type? columnType)
    {
        if (value is null)
        {
            return null;
        }

        // SQLite compares integers and doubles by value.
        var type = ColumnType.Find(value.GetType());
        return type is { ElementType: null } ? type.Store(value)
            : throw new NotSupportedException($"The filter compares a column of type {columnType?.Name} with '{value}' of type {value.GetType()}, which no column holds.");
    }

    /// <summary>Determines whether a value is NaN, which SQLite stores as null, and which compares as no other value does.</summary>
    public static bool IsNaN(object? value) => value is double.NaN or float.NaN;

    /// <summary>Determines whether a conversion from one type to another preserves every value.</summary>
    public static bool Widens(Type from, Type to) =>
        Rank(from) is { } source && Rank(to) is { } target && source <= target || IsFloating(to) && to == typeof(double) && (Rank(from) <= 3 || from == typeof(float));

    /// <summary>Determines whether stored values of two types compare as C# compares them.</summary>
    public static bool AreComparable(Type left, Type right) =>
        left == right || (Rank(left) is not null && Rank(right) is not null) || Widens(left, right) || Widens(right, left);

    private static int? Rank(Type type) =>
        type == typeof(byte) ? 1 : type == typeof(short) ? 2 : type == typeof(int) ? 3 : type == typeof(long) ? 4 : null;

    private static bool IsFloating(Type type) => type == typeof(float) || type == typeof(double);
}
