using System.Text.Json;
using FaissSdk.Cli;

namespace FaissSdk.Tests.Cli;

/// <summary>JSON of any length is written in parts, as a writer of JSON keeps less than 2 GiB.</summary>
public class LargeJsonTests
{
    private const int MaxPart = 4 << 20;
    private const int Queries = 40_000;
    private const int K = 5;

    private static readonly SearchResult Found = SearchResult.Create(K, new float[Queries * K], [.. Enumerable.Range(0, Queries * K).Select(i => (long)i)]);

    [Theory]
    [InlineData(Queries, K)]
    [InlineData(1, Queries * K)]
    public void Results_of_a_search(int queries, int k)
    {
        var found = SearchResult.Create(k, Found.Distances, Found.Ids);
        using var stream = new PartStream();
        SearchJob.WriteResults(stream, ".json", found, null, "found.json");
        Assert.InRange(stream.LargestPart, 1, MaxPart);
        using var json = JsonDocument.Parse(stream.ToArray());
        Assert.Equal(queries, json.RootElement.GetProperty("queries").GetArrayLength());
        Assert.Equal((queries * k) - 1, json.RootElement.GetProperty("queries")[queries - 1][k - 1].GetProperty("id").GetInt64());
    }

    [Fact]
    public void Texts_of_an_index()
    {
        var model = Model(30_000);
        using var stream = new PartStream();
        model.Write(stream, default);
        Assert.InRange(stream.LargestPart, 1, MaxPart);
        using var json = JsonDocument.Parse(stream.ToArray());
        Assert.Equal(30_000, json.RootElement.GetProperty("texts").EnumerateObject().Count());
    }

    [Fact]
    public void Texts_that_cannot_be_read_again_are_recognized()
    {
        var model = Model(2000);
        using var size = new SizeStream();
        model.Write(size, default);
        Assert.True(model.IsReadable());
        Assert.True(model.IsReadable(size.Length));
        Assert.False(model.IsReadable(size.Length - 1));

        // An entry takes 24 bytes beside the text.
        var brief = new TextModel(new TfIdf([], 1, 4), Enumerable.Range(0, 2000).ToDictionary(i => (long)i, _ => ""));
        Assert.True(brief.IsReadable());
        Assert.False(brief.IsReadable((24 * 2000) - 1));
    }

    [Fact]
    public void The_result_of_a_command()
    {
        using var output = new PartWriter();
        var console = CommandConsole.ForWriters(output, TextWriter.Null);
        console.UseJson();
        console.WriteJson(json => CommandJson.WriteArray(json, "words", Enumerable.Range(0, 300_000), i => json.WriteStringValue($"wörd {i}")));
        Assert.InRange(output.LargestPart, 1, MaxPart);
        using var json = JsonDocument.Parse(output.ToString());
        Assert.Equal("wörd 299999", json.RootElement.GetProperty("words")[299_999].GetString());
        Assert.EndsWith("}" + Environment.NewLine, output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_fails_writes_nothing()
    {
        using var output = new StringWriter();
        var console = CommandConsole.ForWriters(output, TextWriter.Null);
        console.UseJson();
        Assert.Throws<TimeoutException>(() => console.WriteJson(json =>
        {
            json.WriteNumber("k", 1);
            throw new TimeoutException();
        }));
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public void Characters_between_two_parts_are_whole()
    {
        using var output = new StringWriter();
        var text = string.Concat(Enumerable.Repeat("aä€𝄞", 50_000));
        using (var stream = new TextStream(output))
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(text);
            stream.Write(bytes, 0, 2);
            stream.Write(bytes.AsSpan(2, 5));
            stream.Write(bytes.AsSpan(7));
        }

        Assert.Equal(text, output.ToString());
    }

    private static TextModel Model(int texts) =>
        new(new TfIdf([("word", 2)], texts, 4), Enumerable.Range(0, texts).ToDictionary(i => (long)i, i => $"ä text of some length, number {i} of those that an index holds, with words and more words"));

    /// <summary>Keeps what is written, and the length of the largest part.</summary>
    private sealed class PartStream : MemoryStream
    {
        public int LargestPart { get; private set; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            LargestPart = Math.Max(LargestPart, count);
            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);
    }

    /// <summary>Keeps what is written, and the length of the largest part.</summary>
    private sealed class PartWriter : StringWriter
    {
        public int LargestPart { get; private set; }

        public override void Write(string? value)
        {
            LargestPart = Math.Max(LargestPart, value?.Length ?? 0);
            base.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            LargestPart = Math.Max(LargestPart, count);
            base.Write(buffer, index, count);
        }

        public override void WriteLine(string? value)
        {
            Write(value);
            WriteLine();
        }
    }
}
