using FaissSdk.VectorData.Storage;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace FaissSdk.VectorData.Collections;

/// <summary>Reads records from rows, and binds them to statements.</summary>
internal sealed class RecordMapper<TRecord>(CollectionSchema schema)
    where TRecord : class
{
    /// <summary>Reads the columns of <see cref="CollectionSchema.AllSql"/> from <paramref name="column"/> on.</summary>
    public TRecord Read(Statement row, int column)
    {
        var record = schema.Model.CreateRecord<TRecord>()!;
        ReadValue(row, schema.Key, record, ref column);
        foreach (var data in schema.Columns)
        {
            ReadValue(row, data, record, ref column);
        }

        return record;
    }

    public void ReadVectors(Connection connection, long collectionId, long id, TRecord record)
    {
        foreach (var vector in schema.Vectors)
        {
            using var statement = connection.Prepare($"SELECT vector FROM {CollectionSchema.VectorTable(collectionId, vector.Ordinal)} WHERE faiss_id = ?");
            var value = statement.Bind(1, id).Step() ? vector.FromVector(statement.GetVector(0).ToArray()) : null;
            Set(vector.Property, record, value);
        }
    }

    /// <summary>Binds the key and the data as <see cref="CollectionSchema.AllSql"/> lists them, from the parameter <paramref name="index"/> on.</summary>
    public void Bind(Statement statement, int index, object key, TRecord record)
    {
        statement.BindStored(index++, schema.Key.Type.Store(key));
        foreach (var column in schema.Columns)
        {
            var value = column.Property.GetValueAsObject(record);
            try
            {
                statement.BindStored(index++, value is null ? null : column.Type.Store(value));
            }
            catch (ArgumentException exception)
            {
                throw new ArgumentException($"The property '{column.Property.ModelName}' of the record with the key '{key}' cannot be stored: {exception.Message}", nameof(record), exception);
            }

            if (column.Type.GetExtra is { } extra)
            {
                statement.BindStored(index++, value is null ? null : extra(value));
            }
        }
    }

    private static void ReadValue(Statement row, DataColumn column, TRecord record, ref int index)
    {
        var stored = row.GetStored(index++);
        var value = stored is null ? null : column.Type.Load(stored);
        if (column.Type.AddExtra is { } complete)
        {
            var extra = index++;
            if (value is not null && !row.IsNull(extra))
            {
                value = complete(value, row.GetInt64(extra));
            }
        }

        Set(column.Property, record, value);
    }

    // The abstraction leaves a property alone if the value is null, and so with what its initializer has set.
    private static void Set(PropertyModel property, TRecord record, object? value)
    {
        if (value is null && property.PropertyInfo is { CanWrite: true } info)
        {
            info.SetValue(record, null);
            return;
        }

        property.SetValueAsObject(record, value);
    }
}
