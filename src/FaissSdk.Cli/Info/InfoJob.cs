using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;

namespace FaissSdk.Cli;

/// <summary>Does the work of <c>faiss-sdk info</c>: describes a file of an index or of vectors.</summary>
internal static class InfoJob
{
    private const int StartSize = 4;

    public static int Run(VectorSource source, CommandConsole console, CancellationToken cancellationToken)
    {
        using var file = InputFile.Open(source);
        file.Start(null, cancellationToken);
        var start = new byte[StartSize];
        var isIndex = source.Format is null && source.Array is null && StartsLikeIndex(source, start.AsSpan(0, file.Read(start)));
        file.Rewind();
        if (isIndex)
        {
            return DescribeIndex(file, console);
        }

        CheckFormat(file);
        DescribeVectors(file, console, cancellationToken);
        return ExitCode.Success;
    }

    // The first line of a text that is named as one may begin with "Index" or "ID".
    private static bool StartsLikeIndex(VectorSource source, ReadOnlySpan<byte> start) =>
        IsNamedAsVectors(source) ? IndexFileReader.StartsWithKnownCode(start) : IndexFileReader.StartsLikeIndex(start);

    private static bool IsNamedAsVectors(VectorSource source) => VectorFile.InputExtensions.Contains(Path.GetExtension(source.Path).ToLowerInvariant());

    private static int DescribeIndex(InputFile file, CommandConsole console)
    {
        var (root, fault, rest) = IndexFileReader.Read(file.Content);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: {file.Length:N0} bytes"));
        foreach (var line in Lines(root, "", ""))
        {
            console.WriteLine(line);
        }

        console.WriteJson(json =>
        {
            json.WriteString("file", file.Name);
            json.WriteNumber("bytes", file.Length);
            json.WritePropertyName("index");
            Write(json, root);
            if (fault is not null)
            {
                json.WriteString("fault", fault);
            }
        });
        if (rest > 0)
        {
            console.WriteNote(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: {rest:N0} bytes follow the index, which FAISS ignores."));
        }

        return fault is null ? ExitCode.Success : throw new InvalidDataException($"{file.Name}: {fault}.");
    }

    private static IEnumerable<string> Lines(IndexNode node, string first, string next)
    {
        var role = node.Role.Length == 0 ? "" : node.Role + ": ";
        var code = node.Code.Length == 0 || node.IsUnknown ? "" : $" ({node.Code})";
        var facts = string.Join(", ", node.Facts.Select(fact => fact.Text).Where(text => text.Length > 0));
        yield return $"{first}{role}{node.Kind}{code}{(facts.Length == 0 ? "" : ": " + facts)}";
        if (node.Note is not null)
        {
            yield return $"{next}{(node.Parts.Count > 0 ? "│  " : "   ")}({node.Note})";
        }

        for (var i = 0; i < node.Parts.Count; i++)
        {
            var isLast = i == node.Parts.Count - 1;
            foreach (var line in Lines(node.Parts[i], next + (isLast ? "└─ " : "├─ "), next + (isLast ? "   " : "│  ")))
            {
                yield return line;
            }
        }
    }

    private static void Write(Utf8JsonWriter json, IndexNode node)
    {
        json.WriteStartObject();
        if (node.Role.Length > 0)
        {
            json.WriteString("role", node.Role);
        }

        json.WriteString("kind", node.Kind);
        if (node.Code.Length > 0)
        {
            json.WriteString("code", node.Code);
        }

        foreach (var (name, value, _) in node.Facts)
        {
            json.WritePropertyName(name);
            CommandJson.WriteValue(json, value);
        }

        if (node.Note is not null)
        {
            json.WriteString("note", node.Note);
        }

        if (node.Parts.Count > 0)
        {
            json.WriteStartArray("parts");
            foreach (var part in node.Parts)
            {
                Write(json, part);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <exception cref="InvalidDataException">The file is neither an index nor vectors.</exception>
    private static void CheckFormat(InputFile file)
    {
        if (file.Source.Format is not null || IsNamedAsVectors(file.Source))
        {
            return;
        }

        var description = FileSignature.Describe(file, "");
        throw new InvalidDataException(description is null
            ? $"{file.Name}: does not start with the code of a FAISS index; if it holds vectors, state their format by --format."
            : $"{file.Name}: {description}");
    }

    private static void DescribeVectors(InputFile file, CommandConsole console, CancellationToken cancellationToken)
    {
        var vectors = VectorFile.Read(file, console, cancellationToken);
        var finite = Array.FindIndex(vectors.Values, value => !float.IsFinite(value)) is var position && position < 0;
        float smallest = TensorPrimitives.Min<float>(vectors.Values), largest = TensorPrimitives.Max<float>(vectors.Values);
        var lengths = Enumerable.Range(0, vectors.Count).Select(i => Math.Sqrt(VectorNorms.Precise(vectors.Vector(i)))).ToArray();
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file.Name}: {file.Length:N0} bytes, {vectors.Count:N0} vectors of dimension {vectors.Dimension:N0}"));
        console.WriteLine(finite
            ? string.Create(CultureInfo.InvariantCulture, $"  components  {smallest} to {largest}")
            : string.Create(CultureInfo.InvariantCulture, $"  components  component {position % vectors.Dimension} of vector {position / vectors.Dimension} (both counted from 0) is {vectors.Values[position]}"));
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  lengths     {lengths.Min():G6} to {lengths.Max():G6}, mean {lengths.Average():G6}"));
        console.WriteJson(json =>
        {
            json.WriteString("file", file.Name);
            json.WriteNumber("bytes", file.Length);
            json.WriteNumber("count", vectors.Count);
            json.WriteNumber("dimension", vectors.Dimension);
            json.WriteBoolean("isFinite", finite);
            CommandJson.WriteNumber(json, "minComponent", smallest);
            CommandJson.WriteNumber(json, "maxComponent", largest);
            CommandJson.WriteNumber(json, "minLength", lengths.Min());
            CommandJson.WriteNumber(json, "maxLength", lengths.Max());
            CommandJson.WriteNumber(json, "meanLength", lengths.Average());
        });
    }
}
