using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FaissSdk.VectorData.Storage;

/// <summary>Stores arrays and lists as JSON.</summary>
internal static class ListColumns
{
    private delegate T Reader<T>(ref Utf8JsonReader reader);

    public static IEnumerable<ColumnType> All =>
    [
        .. Of<string?>(JsonText.Write, JsonText.Read),
        .. Of<bool>((writer, value) => writer.WriteBooleanValue(value), (ref reader) => reader.GetBoolean()),
        .. Of<byte>((writer, value) => writer.WriteNumberValue(value), (ref reader) => reader.GetByte()),
        .. Of<short>((writer, value) => writer.WriteNumberValue(value), (ref reader) => reader.GetInt16()),
        .. Of<int>((writer, value) => writer.WriteNumberValue(value), (ref reader) => reader.GetInt32()),
        .. Of<long>((writer, value) => writer.WriteNumberValue(value), (ref reader) => reader.GetInt64()),
        .. Of<float>((writer, value) => writer.WriteNumberValue(value), (ref reader) => reader.GetSingle()),
        .. Of<double>((writer, value) => writer.WriteNumberValue(value), (ref reader) => reader.GetDouble()),
        .. Of<decimal>((writer, value) => writer.WriteNumberValue(value), (ref reader) => reader.GetDecimal()),
        .. Of<Guid>((writer, value) => writer.WriteStringValue(value), (ref reader) => reader.GetGuid()),
        .. Of<DateOnly>((writer, value) => writer.WriteStringValue((string)Scalar<DateOnly>().Store(value)), (ref reader) => (DateOnly)Scalar<DateOnly>().Load(reader.GetString()!)),
        .. Of<TimeOnly>((writer, value) => writer.WriteStringValue((string)Scalar<TimeOnly>().Store(value)), (ref reader) => (TimeOnly)Scalar<TimeOnly>().Load(reader.GetString()!)),
        .. Of<TimeSpan>((writer, value) => writer.WriteNumberValue(value.Ticks), (ref reader) => new TimeSpan(reader.GetInt64())),
        .. Of<DateTime>((writer, value) => writer.WriteStringValue(value), (ref reader) => reader.GetDateTime()),
        .. Of<DateTimeOffset>((writer, value) => writer.WriteStringValue(value), (ref reader) => reader.GetDateTimeOffset()),
    ];

    private static ColumnType Scalar<T>() => ColumnType.Find(typeof(T))!;

    private static ColumnType[] Of<T>(Action<Utf8JsonWriter, T> write, Reader<T> read) =>
    [
        new(typeof(T[]), "TEXT", value => Write((T[])value, write), stored => Read((string)stored, read).ToArray()) { ElementType = typeof(T) },
        new(typeof(List<T>), "TEXT", value => Write((List<T>)value, write), stored => Read((string)stored, read)) { ElementType = typeof(T) },
    ];

    private static string Write<T>(IEnumerable<T> values, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var value in values)
            {
                write(writer, value);
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static List<T> Read<T>(string text, Reader<T> read)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        var values = new List<T>();
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            values.Add(read(ref reader));
        }

        return values;
    }
}
