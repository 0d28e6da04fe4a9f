using System.Text.Json;

namespace FaissSdk.Cli;

/// <summary>Writes values that JSON has no form for, and arrays of any length.</summary>
internal static class CommandJson
{
    // A writer keeps everything in one array otherwise.
    private const int MaxPending = 1 << 20;

    /// <summary>Hands what the writer holds to its stream once it is much; to be called after each entry of what may be large.</summary>
    public static void FlushIfLarge(Utf8JsonWriter json)
    {
        if (json.BytesPending > MaxPending)
        {
            json.Flush();
        }
    }

    /// <summary>Writes a number; null stands for NaN and infinity.</summary>
    public static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        WriteValue(json, value);
    }

    public static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case long integer:
                json.WriteNumberValue(integer);
                break;
            case bool boolean:
                json.WriteBooleanValue(boolean);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case double:
                json.WriteNullValue();
                break;
            default:
                json.WriteStringValue((string)value);
                break;
        }
    }

    public static void WriteArray<T>(Utf8JsonWriter json, string name, IEnumerable<T> values, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            write(value);
            FlushIfLarge(json);
        }

        json.WriteEndArray();
    }
}
