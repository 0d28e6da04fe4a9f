using FaissSdk.VectorData.Storage;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace FaissSdk.VectorData.Collections;

/// <summary>Represents the key or a data property of a collection.</summary>
internal sealed class DataColumn
{
    /// <summary>The alias of the data table in statements with a filter, by which filters qualify its columns; those of <c>json_each</c> have names that a property may have, too.</summary>
    public const string Alias = "r";

    /// <summary>The end of the name of a second column.</summary>
    public const string ExtraSuffix = "$extra";

    public DataColumn(PropertyModel property)
    {
        Property = property;
        Type = ColumnType.Find(property.Type)!;
        Sql = Quote(property.StorageName);
        ExtraSql = Type.HasExtra ? Quote(property.StorageName + ExtraSuffix) : null;
    }

    public PropertyModel Property { get; }

    public ColumnType Type { get; }

    public string Name => Property.StorageName;

    /// <summary>Gets the quoted name of the column.</summary>
    public string Sql { get; }

    /// <summary>Gets the quoted name of the second column, if there is one.</summary>
    public string? ExtraSql { get; }

    public bool IsIndexed => Property is DataPropertyModel { IsIndexed: true } && Type.ElementType is null;

    public bool IsFullTextIndexed => Property is DataPropertyModel { IsFullTextIndexed: true };

    public static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
