using System.Globalization;
using System.Text;
using System.Text.Json;
using FaissSdk.VectorData.Storage;
using Microsoft.Extensions.VectorData;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace FaissSdk.VectorData.Collections;

/// <summary>Describes the tables and columns of a collection.</summary>
internal sealed class CollectionSchema
{
    public CollectionSchema(string name, CollectionModel model)
    {
        Name = name;
        Model = model;
        Key = new DataColumn(model.KeyProperty);
        Columns = [.. model.DataProperties.Select(property => new DataColumn(property))];
        // Sorted, so that definitions that differ in order have the same tables.
        Texts = [.. Columns.Where(column => column.IsFullTextIndexed).OrderBy(column => column.Name, StringComparer.Ordinal)];
        Vectors = [.. model.VectorProperties.OrderBy(property => property.StorageName, StringComparer.Ordinal).Select((property, ordinal) => new VectorColumn(property, ordinal))];
        CheckNames();
        AllSql = string.Join(", ", Columns.Prepend(Key).SelectMany(column => column.ExtraSql is null ? [column.Sql] : new[] { column.Sql, column.ExtraSql }));
        StoredColumns = Columns.Sum(column => column.Type.HasExtra ? 2 : 1) + 1;
        Definition = Describe();
        VectorDescription = string.Join("\n", Vectors.Select(vector => $"{vector.Name}: {vector.Dimension} {vector.Metric.Name} {vector.Settings}"));
    }

    public string Name { get; }

    public CollectionModel Model { get; }

    public DataColumn Key { get; }

    public IReadOnlyList<DataColumn> Columns { get; }

    /// <summary>Gets the properties with full-text search.</summary>
    public IReadOnlyList<DataColumn> Texts { get; }

    public IReadOnlyList<VectorColumn> Vectors { get; }

    /// <summary>Gets the columns of the key and the data, for SQL.</summary>
    public string AllSql { get; }

    /// <summary>Gets the number of columns in <see cref="AllSql"/>.</summary>
    public int StoredColumns { get; }

    /// <summary>Gets the definition as it is stored.</summary>
    public string Definition { get; }

    /// <summary>Gets a string that differs between definitions whose vectors or indexes differ.</summary>
    public string VectorDescription { get; }

    public static string DataTable(long id) => string.Create(CultureInfo.InvariantCulture, $"data_{id}");

    public static string TextTable(long id) => string.Create(CultureInfo.InvariantCulture, $"text_{id}");

    public static string VectorTable(long id, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"vector_{id}_{ordinal}");

    /// <summary>Creates the tables.</summary>
    public string CreateSql(long id)
    {
        var sql = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"CREATE TABLE {DataTable(id)}(faiss_id INTEGER PRIMARY KEY, {Key.Sql} {Key.Type.Declaration} NOT NULL UNIQUE"));
        foreach (var column in Columns)
        {
            sql.Append(", ").Append(Declare(column));
            if (column.ExtraSql is not null)
            {
                sql.Append(", ").Append(column.ExtraSql).Append(" INTEGER");
            }
        }

        sql.Append(");");
        foreach (var column in Columns)
        {
            sql.Append(IndexSql(id, column));
        }

        foreach (var vector in Vectors)
        {
            sql.Append(CultureInfo.InvariantCulture, $"CREATE TABLE {VectorTable(id, vector.Ordinal)}(faiss_id INTEGER PRIMARY KEY, vector BLOB NOT NULL);");
        }

        if (Texts.Count > 0)
        {
            sql.Append(CultureInfo.InvariantCulture, $"CREATE VIRTUAL TABLE {TextTable(id)} USING fts5({string.Join(", ", Texts.Select((_, i) => "t" + i))}, content='', contentless_delete=1);");
        }

        return sql.ToString();
    }

    /// <summary>Compares the stored definition with this one, and returns the SQL that adds what is missing.</summary>
    /// <exception cref="VectorStoreException">The definitions contradict each other.</exception>
    public string MigrateSql(long id, string stored)
    {
        if (stored == Definition)
        {
            return "";
        }

        var difference = SchemaDifference.Find(this, stored);
        var sql = new StringBuilder();
        foreach (var column in difference.Added)
        {
            sql.Append(CultureInfo.InvariantCulture, $"ALTER TABLE {DataTable(id)} ADD COLUMN {Declare(column)}{DefaultOf(column)};");
            if (column.ExtraSql is not null)
            {
                sql.Append(CultureInfo.InvariantCulture, $"ALTER TABLE {DataTable(id)} ADD COLUMN {column.ExtraSql} INTEGER;");
            }
        }

        foreach (var column in Columns)
        {
            sql.Append(IndexSql(id, column));
        }

        return sql.Append(' ').ToString();
    }

    private static string Declare(DataColumn column) => column.Sql + " " + column.Type.Declaration;

    // Records that were written before the property existed have the default of its type.
    private static string DefaultOf(DataColumn column)
    {
        if (!column.Property.Type.IsValueType || Nullable.GetUnderlyingType(column.Property.Type) is not null || column.Type.ElementType is not null)
        {
            return "";
        }

        var type = column.Type.Type;
        var value = type == typeof(decimal) ? column.Type.Store(0m)
            : type == typeof(Guid) ? column.Type.Store(default(Guid))
            : type == typeof(DateTime) ? column.Type.Store(default(DateTime))
            : type == typeof(DateTimeOffset) ? column.Type.Store(default(DateTimeOffset))
            : type == typeof(DateOnly) ? column.Type.Store(default(DateOnly))
            : type == typeof(TimeOnly) ? column.Type.Store(default(TimeOnly))
            : 0L;
        return value is string text ? $" DEFAULT '{text}'" : string.Create(CultureInfo.InvariantCulture, $" DEFAULT {value}");
    }

    private static string IndexSql(long id, DataColumn column) => column.IsIndexed
        ? string.Create(CultureInfo.InvariantCulture, $"CREATE INDEX IF NOT EXISTS {DataColumn.Quote($"index_{id}_{column.Name}")} ON {DataTable(id)}({column.Sql});")
        : "";

    private void CheckNames()
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "faiss_id" };
        foreach (var column in Columns.Prepend(Key))
        {
            if (column.Name.Contains('\0', StringComparison.Ordinal) || SurrogateText.FindHalf(column.Name) >= 0)
            {
                throw new ArgumentException($"The property '{column.Property.ModelName.Replace("\0", "\\0", StringComparison.Ordinal)}' has a storage name with U+0000 or half of a surrogate pair, which no name in SQL has. Give it another storage name.");
            }

            if (!names.Add(column.Name) || (column.Type.HasExtra && !names.Add(column.Name + DataColumn.ExtraSuffix)))
            {
                throw new ArgumentException($"The property '{column.Property.ModelName}' has the storage name '{column.Name}', which is reserved or differs from another one in case only. Give it another storage name.");
            }
        }
    }

    private string Describe()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("key");
            writer.WriteString(Key.Name, Key.Type.Type.Name);
            writer.WriteEndObject();
            writer.WriteStartObject("data");
            foreach (var column in Columns.OrderBy(column => column.Name, StringComparer.Ordinal))
            {
                writer.WriteString(column.Name, SchemaDifference.TypeName(column));
            }

            writer.WriteEndObject();
            writer.WriteStartObject("indexed");
            foreach (var column in Columns.Where(column => column.IsIndexed).OrderBy(column => column.Name, StringComparer.Ordinal))
            {
                writer.WriteBoolean(column.Name, true);
            }

            writer.WriteEndObject();
            writer.WriteStartObject("text");
            foreach (var text in Texts)
            {
                writer.WriteBoolean(text.Name, true);
            }

            writer.WriteEndObject();
            writer.WriteStartObject("vectors");
            foreach (var vector in Vectors)
            {
                writer.WriteString(vector.Name, string.Create(CultureInfo.InvariantCulture, $"{vector.Dimension} {vector.Metric.Name}"));
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
