using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Represents what <c>faiss-sdk build</c> puts into an index.</summary>
/// <param name="Vectors">The vectors.</param>
/// <param name="Ids">The ids; null if vectors are numbered from 0.</param>
/// <param name="Text">The embedding of texts; null if the input has vectors.</param>
internal sealed record BuildInput(VectorSet Vectors, long[]? Ids, TextModel? Text)
{
    public static BuildInput Read(BuildRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        var ids = request.Ids is null ? null : IdFile.Read(request.Ids, cancellationToken);
        if (request.Text)
        {
            return ReadTexts(request, ids, console, cancellationToken);
        }

        using var input = VectorFile.Open(request.Input);
        var vectors = VectorFile.Read(input, console, cancellationToken);
        CheckIds(request, ids, vectors.Count, "vectors");
        return new BuildInput(vectors, ids, null);
    }

    private static BuildInput ReadTexts(BuildRequest request, long[]? ids, CommandConsole console, CancellationToken cancellationToken)
    {
        var lines = TextLines.Read(request.Input, cancellationToken);
        CheckIds(request, ids, lines.Count, "lines");
        var words = lines.ConvertAll(Words.Split);
        var model = new TfIdf(words, request.Dimension);
        var values = new List<float>();
        var kept = new List<int>();
        var vector = new float[request.Dimension];
        for (var i = 0; i < lines.Count; i++)
        {
            if (model.TryWriteVector(model.Weigh(words[i]), vector))
            {
                kept.Add(i);
                values.AddRange(vector);
            }
        }

        if (kept.Count == 0)
        {
            throw new InvalidDataException($"{request.Input}: no line has words; expected one text per line.");
        }

        if (kept.Count < lines.Count)
        {
            var first = Enumerable.Range(0, lines.Count).First(i => i >= kept.Count || kept[i] != i);
            console.WriteNote(string.Create(CultureInfo.InvariantCulture, $"{request.Input}: {lines.Count - kept.Count} of {lines.Count} lines have no words and are left out; the first is line {first + 1}."));
        }

        // Ids are the numbers of lines, from 0, unless they are given: numbers of vectors would shift after a line that is left out.
        var given = ids is null && kept.Count == lines.Count ? null : kept.Select(i => ids is null ? i : ids[i]).ToArray();
        var texts = kept.Select((line, i) => (Id: given is null ? i : given[i], Text: lines[line])).ToArray();
        if (texts.DistinctBy(text => text.Id).Count() < texts.Length)
        {
            throw new InvalidDataException($"{request.Ids}: an id stands for two lines of {request.Input}; give each line an id of its own.");
        }

        return new BuildInput(new VectorSet([.. values], request.Dimension), given, new TextModel(model, texts.ToDictionary(text => text.Id, text => text.Text)));
    }

    private static void CheckIds(BuildRequest request, long[]? ids, int count, string noun)
    {
        if (ids is not null && ids.Length != count)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{request.Ids} has {ids.Length} ids, and {request.Input} has {count} {noun}; give one id for each."));
        }
    }
}
