using System.Globalization;
using System.Text.Json;

namespace FaissSdk.Cli;

/// <summary>Represents the embedding of the texts of an index, which is stored beside it: hashed words, weighted by tf–idf.</summary>
/// <param name="Model">The weights of the words.</param>
/// <param name="Texts">The texts that the index holds, by id.</param>
internal sealed record TextModel(TfIdf Model, IReadOnlyDictionary<long, string> Texts)
{
    public const string Extension = ".text.json";

    private const string Form = "faiss-sdk text embedding, form 1";

    /// <summary>Returns the file that belongs to an index.</summary>
    public static string PathFor(string index) => index + Extension;

    /// <summary>Returns the vector of a text.</summary>
    /// <exception cref="UsageException">No word of the text is known.</exception>
    public float[] Embed(string text)
    {
        var vector = new float[Model.Dimension];
        return Model.TryWriteVector(Model.Weigh(Words.Split(text)), vector)
            ? vector
            : throw new UsageException($"no word of '{Excerpt.Of(text)}' occurs in the texts of the index; use other words.");
    }

    public void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("form", Form);
        json.WriteNumber("dimension", Model.Dimension);
        json.WriteNumber("textCount", Model.TextCount);
        json.WriteStartObject("textsWithWord");
        foreach (var (word, frequency) in Model.Frequencies)
        {
            json.WriteNumber(word, frequency);
        }

        json.WriteEndObject();
        json.WriteStartObject("texts");
        foreach (var (id, text) in Texts)
        {
            json.WriteString(id.ToString(CultureInfo.InvariantCulture), text);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Reads the embedding of an index.</summary>
    /// <param name="index">The file of the index.</param>
    /// <returns>The embedding; null if the index was not built of texts.</returns>
    /// <exception cref="InvalidDataException">The file does not have the form.</exception>
    public static TextModel? ReadFor(string index)
    {
        var path = PathFor(index);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var stream = File.OpenRead(path);
            using var json = JsonDocument.Parse(stream);
            var root = json.RootElement;
            var dimension = root.GetProperty("dimension").GetInt32();
            if (root.GetProperty("form").GetString() != Form || dimension is < 1 or > 1 << 20)
            {
                throw new InvalidDataException($"{path}: is not of the form '{Form}'; build the index again with --text.");
            }

            var frequencies = root.GetProperty("textsWithWord").EnumerateObject().Select(entry => (entry.Name, entry.Value.GetInt32()));
            var texts = root.GetProperty("texts").EnumerateObject().ToDictionary(entry => long.Parse(entry.Name, CultureInfo.InvariantCulture), entry => entry.Value.GetString() ?? "");
            return new TextModel(new TfIdf([.. frequencies], root.GetProperty("textCount").GetInt32(), dimension), texts);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"{path}: is no text embedding of faiss-sdk ({e.Message}); build the index again with --text.", e);
        }
    }
}
