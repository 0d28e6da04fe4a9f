namespace FaissSdk.VectorData.Filters;

/// <summary>Represents a condition in SQL with the values of its parameters.</summary>
internal sealed record SqlFilter(string Sql, object?[] Parameters)
{
    /// <summary>Gets a string that is equal for equal filters.</summary>
    public string CacheKey => string.Join('\n', Parameters.Select(value => value is null ? "" : $"{value.GetType().Name[0]}{(value is string text ? text.Length : 0)}:{value}").Prepend(Sql));
}
