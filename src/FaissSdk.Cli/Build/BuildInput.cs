using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Represents what <c>faiss-sdk build</c> puts into an index.</summary>
/// <param name="Vectors">The vectors, which are read in blocks.</param>
/// <param name="Whole">All vectors in memory; null if the file can be read in blocks.</param>
/// <param name="Count">The number of vectors.</param>
/// <param name="Ids">The ids; null if vectors are numbered from 0.</param>
/// <param name="Text">The embedding of texts; null if the input has vectors.</param>
internal sealed record BuildInput(VectorSequence Vectors, VectorSet? Whole, int Count, long[]? Ids, TextModel? Text)
{
    public int Dimension => Vectors.Dimension;

    /// <summary>Gets the number of bytes of a vector in memory.</summary>
    public long RowBytes => (long)Dimension * sizeof(float);

    public static BuildInput Read(BuildRequest request, CommandConsole console, CancellationToken cancellationToken)
    {
        var ids = request.Ids is null ? null : IdFile.Read(request.Ids, "--ids", cancellationToken);
        var input = request.Text ? ReadTexts(request, ids, console, cancellationToken) : ReadVectors(request, ids, console, cancellationToken);
        return input;
    }

    private static BuildInput ReadVectors(BuildRequest request, long[]? ids, CommandConsole console, CancellationToken cancellationToken)
    {
        using var file = VectorFile.Open(request.Input);
        var blocks = VectorBlocks.Of(request.Input, console);
        if (blocks is null && request.Memory > 0)
        {
            console.WriteNote($"{request.Input}: this kind of file is read as a whole, beside --memory; faiss-sdk convert to .fvecs makes one that is read in blocks.");
        }

        var whole = blocks is null ? VectorFile.Read(file, console, cancellationToken) : null;
        var count = blocks?.Count ?? whole!.Count;
        if (count > int.MaxValue)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{request.Input} has {count} vectors, and an index can be built of at most {int.MaxValue}; split the file."));
        }

        CheckIds(request, ids, (int)count, "vectors");
        return new BuildInput(blocks ?? Sequence(whole!), whole, (int)count, ids, null);
    }

    private static BuildInput ReadTexts(BuildRequest request, long[]? ids, CommandConsole console, CancellationToken cancellationToken)
    {
        var lines = TextLines.Read(request.Input, cancellationToken);
        CheckIds(request, ids, lines.Count, "lines");
        var words = lines.ConvertAll(Words.Split);
        var model = new TfIdf(words, request.Dimension);
        CheckSize(request, words.Count(list => list.Count > 0));
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

        var embedding = new TextModel(model, texts.ToDictionary(text => text.Id, text => text.Text));
        if (!embedding.IsReadable())
        {
            throw new InvalidDataException($"{request.Input}: its lines take more than the 2 GB that {TextModel.Extension} can hold beside an index; build several indexes of parts of it.");
        }

        var whole = new VectorSet([.. values], request.Dimension);
        return new BuildInput(Sequence(whole), whole, whole.Count, given, embedding);
    }

    private static void CheckSize(BuildRequest request, int lines)
    {
        if (request.Dimension > TextModel.MaxDimension)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--dimension is {request.Dimension}; with --text it is at most {TextModel.MaxDimension}."));
        }

        if ((long)lines * request.Dimension > Array.MaxLength)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{request.Input}: {lines} lines of {request.Dimension} dimensions have more than the {Array.MaxLength} components that fit into one array; reduce --dimension, or build several indexes of parts of it."));
        }
    }

    private static VectorSequence Sequence(VectorSet vectors) => VectorSequence.FromMemory(vectors.Values, vectors.Dimension);

    private static void CheckIds(BuildRequest request, long[]? ids, int count, string noun)
    {
        if (ids is not null && ids.Length != count)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{request.Ids} has {ids.Length} ids, and {request.Input} has {count} {noun}; give one id for each."));
        }
    }
}
