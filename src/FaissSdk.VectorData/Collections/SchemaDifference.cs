using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.VectorData;

namespace FaissSdk.VectorData.Collections;

/// <summary>Represents the data properties that a definition adds to the stored one.</summary>
internal sealed class SchemaDifference
{
    private SchemaDifference(IReadOnlyList<DataColumn> added) => Added = added;

    public IReadOnlyList<DataColumn> Added { get; }

    public static string TypeName(DataColumn column) =>
        (column.Type.ElementType is { } element ? "list of " + element.Name : column.Type.Type.Name);

    public static SchemaDifference Find(CollectionSchema schema, string stored)
    {
        using var document = JsonDocument.Parse(stored);
        Dictionary<string, string> Read(string part) => document.RootElement.GetProperty(part).EnumerateObject().ToDictionary(property => property.Name, property => property.Value.ToString());

        Compare(schema, "key", Read("key"), new() { [schema.Key.Name] = schema.Key.Type.Type.Name });
        Compare(schema, "vector property", Read("vectors"), schema.Vectors.ToDictionary(vector => vector.Name, vector => string.Create(CultureInfo.InvariantCulture, $"{vector.Dimension} {vector.Metric.Name}")));
        Compare(schema, "full-text property", Read("text"), schema.Texts.ToDictionary(text => text.Name, _ => bool.TrueString));
        var data = Read("data");
        var added = new List<DataColumn>();
        foreach (var column in schema.Columns)
        {
            if (!data.Remove(column.Name, out var type))
            {
                added.Add(column);
            }
            else if (type != TypeName(column))
            {
                throw Refuse(schema, $"its data property '{column.Name}' is of type {type}, and the definition says {TypeName(column)}");
            }
        }

        return data.Count == 0 ? new(added) : throw Refuse(schema, $"it has the data property '{data.Keys.First()}', which the definition lacks");
    }

    private static void Compare(CollectionSchema schema, string what, Dictionary<string, string> stored, Dictionary<string, string> defined)
    {
        foreach ((var name, var description) in stored)
        {
            if (!defined.Remove(name, out var other))
            {
                throw Refuse(schema, $"it has the {what} '{name}', which the definition lacks");
            }

            if (other != description)
            {
                throw Refuse(schema, $"its {what} '{name}' is {description}, and the definition says {other}");
            }
        }

        if (defined.Count > 0)
        {
            throw Refuse(schema, $"it lacks the {what} '{defined.Keys.First()}' of the definition");
        }
    }

    private static VectorStoreException Refuse(CollectionSchema schema, string difference) =>
        new($"The collection '{schema.Name}' was created with another definition: {difference}. Data properties can be added; for another change use a new collection, or delete this one first.")
        {
            CollectionName = schema.Name,
        };
}
