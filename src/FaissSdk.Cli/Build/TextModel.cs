using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FaissSdk.Cli;

/// <summary>Represents the embedding of the texts of an index, which is stored beside it: hashed words, weighted by tf–idf.</summary>
/// <param name="Model">The weights of the words.</param>
/// <param name="Texts">The texts that the index holds, by id.</param>
internal sealed record TextModel(TfIdf Model, IReadOnlyDictionary<long, string> Texts)
{
    public const string Extension = ".text.json";

    /// <summary>The most components of a vector.</summary>
    public const int MaxDimension = 1 << 20;

    // Reading the file takes one array: its bytes, and 12 bytes for each name and each value.
    private const long MaxBytes = 2_000_000_000;
    private const int BytesPerEntry = 24;

    // A character takes at most 6 bytes, as \uXXXX; an entry has an id, quotes and the indentation besides.
    private const int MaxBytesPerCharacter = 6;
    private const int MaxBytesBeside = 40;

    // How every form begins.
    private const string AnyForm = "faiss-sdk text embedding";

    private const string Form = "faiss-sdk text embedding, form 2";

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

    /// <summary>Determines whether the embedding can be read again after it has been written.</summary>
    /// <param name="maxBytes">The most bytes of an array, which tests reduce.</param>
    public bool IsReadable(long maxBytes = MaxBytes)
    {
        var most = (long)MaxBytesPerCharacter * (Texts.Values.Sum(text => (long)text.Length) + Model.Frequencies.Sum(entry => (long)entry.Word.Length));
        if (most + ((Texts.Count + Model.TermCount + 8L) * MaxBytesBeside) <= maxBytes)
        {
            return true;
        }

        using var size = new SizeStream();
        Write(size, default);
        return size.Length <= maxBytes && (Texts.Count + (long)Model.TermCount) * BytesPerEntry <= maxBytes;
    }

    /// <summary>Writes the embedding of an index.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="index">The content of the index.</param>
    public void Write(Stream stream, IndexStamp index)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("form", Form);
        json.WriteStartObject("index");
        json.WriteNumber("bytes", index.Length);
        json.WriteString("checksum", index.Sum.ToString("x16", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteNumber("dimension", Model.Dimension);
        json.WriteNumber("textCount", Model.TextCount);
        json.WriteStartObject("textsWithWord");
        foreach (var (word, frequency) in Model.Frequencies)
        {
            json.WriteNumber(word, frequency);
            CommandJson.FlushIfLarge(json);
        }

        json.WriteEndObject();
        json.WriteStartObject("texts");
        foreach (var (id, text) in Texts)
        {
            json.WriteString(id.ToString(CultureInfo.InvariantCulture), text);
            CommandJson.FlushIfLarge(json);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Deletes the embedding that an earlier build has left beside an index; a file of another form stays.</summary>
    /// <returns>Whether there was one.</returns>
    public static bool DeleteFor(string index)
    {
        var path = PathFor(index);
        if (!File.Exists(path) || !IsEmbedding(path))
        {
            return false;
        }

        File.Delete(path);
        return true;
    }

    /// <summary>Reads the embedding of an index.</summary>
    /// <param name="index">The file of the index.</param>
    /// <returns>The embedding; null if the index was not built of texts.</returns>
    /// <exception cref="InvalidDataException">The file does not have the form, or was written for another content of the index.</exception>
    public static TextModel? ReadFor(string index)
    {
        var path = PathFor(index);
        if (!File.Exists(path))
        {
            return null;
        }

        InputFile.CheckExists(index);
        try
        {
            using var stream = File.OpenRead(path);
            using var json = JsonDocument.Parse(stream);
            var root = json.RootElement;
            var dimension = root.GetProperty("dimension").GetInt32();
            if (root.GetProperty("form").GetString() != Form || dimension is < 1 or > MaxDimension)
            {
                throw new InvalidDataException($"{path}: is not of the form '{Form}'; build the index again with --text.");
            }

            var stamp = root.GetProperty("index");
            var (length, sum) = (stamp.GetProperty("bytes").GetInt64(), ulong.Parse(stamp.GetProperty("checksum").GetString() ?? "", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            if (new FileInfo(index).Length != length || IndexStamp.Of(index).Sum != sum)
            {
                throw new InvalidDataException($"{path}: holds the texts of another index than {index} is now; build the index again with --text, or delete the file to search for vectors.");
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

    // The form is the first property.
    private static bool IsEmbedding(string path)
    {
        var start = new byte[128];
        using var file = File.OpenRead(path);
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(start, 0, read).Contains(AnyForm, StringComparison.Ordinal);
    }
}
