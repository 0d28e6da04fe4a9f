namespace FaissSdk.VectorData.Filters;

/// <summary>Represents one side of a comparison: a column or a list element in SQL, or a value.</summary>
internal sealed record Operand(string? Sql, Type? Type, Type? ElementType)
{
    public object? Value { get; private init; }

    /// <summary>Gets the values of the parameters in <see cref="Sql"/>.</summary>
    public object[] Parameters { get; init; } = [];

    public bool IsList => ElementType is not null;

    public static Operand OfValue(object? value) => new(null, null, null) { Value = value };
}
