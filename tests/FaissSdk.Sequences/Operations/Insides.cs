namespace FaissSdk.Sequences;

/// <summary>Reads the inside of indexes: links, lists, matrices, centroids and parameters.</summary>
internal static class Insides
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("Graph", 2, ReadGraph),
        new("Vectors", 2, ReadVectors),
        new("Lists", 2, ReadLists),
        new("Matrices", 2, ReadMatrices),
        new("Ranges", 2, ReadParameters),
    ];

    private static void ReadGraph(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var links = 0L;
        var isWrong = false;
        sequence.Try($"{target.Name}: all links of HnswGraph.Of({target.Name})", () =>
        {
            using var graph = HnswGraph.Of(target.Index);
            var levels = graph.Levels;
            for (var i = 0; i < graph.Count; i++)
            {
                for (var level = 0; level < levels[i]; level++)
                {
                    foreach (var neighbor in graph.GetNeighbors(i, level))
                    {
                        links++;
                        isWrong |= neighbor < 0 || neighbor >= graph.Count || levels[neighbor] <= level;
                    }
                }
            }
        });
        if (isWrong)
        {
            throw new Fault("graph", $"one of the {links} links of {target.Name} leads to a vector that is not on its level");
        }
    }

    private static void ReadVectors(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        sequence.Try($"FlatVectors.Of({target.Name}): all vectors", () =>
        {
            using var vectors = FlatVectors.Of(target.Index);
            for (var i = 0; i < vectors.Count; i++)
            {
                _ = vectors[i].ToArray();
            }
        });
    }

    private static void ReadLists(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var (held, bytes) = (0L, 0L);
        if (sequence.Try($"{target.Name}: all lists of InvertedLists.Of({target.Name})", () =>
            {
                using var lists = FaissSdk.InvertedLists.Of(target.Index);
                for (var i = 0; i < lists.ListCount; i++)
                {
                    held += lists.GetIds(i).Length;
                    bytes += lists.GetCodes(i).Length;
                    _ = lists.GetCodes(i).ToArray();
                }

                bytes -= held * lists.CodeSize;
            })
            && (bytes != 0 || (target.Index is IndexIVF && held > target.Index.Count)))
        {
            throw new Fault("lists", $"{target.Name} shows {held} vectors in lists, and {bytes} more bytes than their codes have");
        }
    }

    private static void ReadMatrices(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        sequence.Try($"foreach (var matrix in TransformMatrix.AllOf({target.Name})) {{ matrix.Dispose(); }}", () =>
        {
            foreach (var matrix in TransformMatrix.AllOf(target.Index))
            {
                _ = (matrix.Matrix.ToArray(), matrix.Bias.ToArray());
                matrix.Dispose();
            }
        });
        sequence.Try($"ProductQuantizerCentroids.Of({target.Name}).Dispose();", () =>
        {
            using var centroids = ProductQuantizerCentroids.Of(target.Index);
            _ = centroids.Values.ToArray();
        });
    }

    private static void ReadParameters(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        IReadOnlyList<ParameterRange> ranges = [];
        sequence.Try($"ParameterSpace.RangesOf({target.Name});", () => ranges = ParameterSpace.RangesOf(target.Index));
        foreach (var range in ranges)
        {
            var value = double.NaN;
            if (sequence.Try($"{target.Name}.GetParameter(\"{range.Name}\");", () => value = target.Index.GetParameter(range.Name)) && !(value >= 0))
            {
                throw new Fault("parameter", $"{range.Name} of {target.Name} is {value}");
            }
        }
    }
}
