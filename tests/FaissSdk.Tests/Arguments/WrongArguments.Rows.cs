namespace FaissSdk.Tests.Arguments;

/// <content>Vectors in other types than spans of floats.</content>
internal sealed partial record WrongArguments
{
    private static IEnumerable<WrongArguments> Rows(Samples s) => [.. FloatRows(s), .. BinaryRows(s).Select(row => row with { Needs = BinaryFactory })];

    private static IEnumerable<WrongArguments> FloatRows(Samples s)
    {
        yield return new(
            "FaissIndexExtensions.Train(index, vectors)",
            ("vectors", () => s.Flat.Train(new byte[5])),
            ("vectors", () => s.Flat.Train(new sbyte[5])),
            ("vectors", () => s.Flat.Train(new Half[5])),
            ("vectors", () => s.Flat.Train(new double[5])),
            ("vectors", () => s.Flat.Train(new float[5].AsMemory())),
            ("vectors", () => s.Flat.Train([new float[5]])),
            ("vectors", () => s.Flat.Train((IEnumerable<float[]>)null!)),
            ("vectors", () => s.Flat.Train(Array.Empty<double>())));
        yield return new(
            "FaissIndexExtensions.Add(index, vectors)",
            ("vectors", () => s.Flat.Add(new byte[5])),
            ("vectors", () => s.Flat.Add(new sbyte[5])),
            ("vectors", () => s.Flat.Add(new Half[5])),
            ("vectors", () => s.Flat.Add(new double[5])),
            ("vectors", () => s.Flat.Add([1e300, 0, 0, 0])),
            ("vectors", () => s.Codes.Add([Half.NaN, Half.Zero, Half.Zero, Half.Zero])),
            ("vectors", () => s.Flat.Add(new float[5].AsMemory())),
            ("vectors", () => s.Flat.Add([new float[5]])),
            ("vectors", () => s.Flat.Add((IEnumerable<ReadOnlyMemory<float>>)null!)));
        yield return new(
            "FaissIndexExtensions.Add(index, vectors, ids)",
            ("vectors", () => s.Lists.Add(new float[5], [1])),
            ("vectors", () => s.Lists.Add(new byte[5], [1])),
            ("vectors", () => s.Lists.Add(new sbyte[5], [1])),
            ("vectors", () => s.Lists.Add(new Half[5], [1])),
            ("vectors", () => s.Lists.Add(new double[5], [1])),
            ("vectors", () => s.Lists.Add(new float[5].AsMemory(), [1])),
            ("vectors", () => s.Lists.Add([new float[5]], [1])),
            ("ids", () => s.Lists.Add(new float[4], [1, 2])),
            ("ids", () => s.Lists.Add(new double[4], [1, 2])),
            ("ids", () => s.Lists.Add(new double[4], [-1])),
            ("ids", () => s.Lists.Add([new float[4]], [1, 2])));
        yield return new(
            "FaissIndexExtensions.Add(index, vector, id)",
            ("vector", () => s.Lists.Add(new float[8], 1)),
            ("id", () => s.Lists.Add(new float[4], -1)));
        yield return new(
            "FaissIndexExtensions.Search(index, queries, k, parameters)",
            ("queries", () => s.Flat.Search(new byte[5], 1)),
            ("queries", () => s.Flat.Search(new sbyte[5], 1)),
            ("queries", () => s.Flat.Search(new Half[5], 1)),
            ("queries", () => s.Flat.Search(new double[5], 1)),
            ("queries", () => s.Flat.Search([1e300, 0, 0, 0], 1)),
            ("queries", () => s.Flat.Search(new float[5].AsMemory(), 1)),
            ("queries", () => s.Flat.Search([new float[5]], 1)),
            ("k", () => s.Flat.Search(new byte[4], 0)),
            ("k", () => s.Flat.Search([new float[4]], 0)));
        yield return new("FaissIndexExtensions.Remove(index, ids)", ("ids", () => s.Flat.Remove(0, -1)));
        yield return new(
            "VectorMath.Normalize(vectors, dimension)",
            ("vectors", () => VectorMath.Normalize(new float[5], 4)),
            ("vectors", () => VectorMath.Normalize(new float[4], 4)),
            ("dimension", () => VectorMath.Normalize([], 0)));
        yield return new(
            "VectorMath.Normalize(vectors, dimension, normalized)",
            ("vectors", () => VectorMath.Normalize(new float[5], 4, new float[5])),
            ("dimension", () => VectorMath.Normalize([], 0, [])),
            ("normalized", () => VectorMath.Normalize([1, 1, 1, 1], 4, new float[5])),
            ("normalized", () => OverlappingInPart()));
        yield return new("VectorMath.Normalized(vectors, dimension)", ("vectors", () => VectorMath.Normalized([0, 0], 2)), ("dimension", () => VectorMath.Normalized([], -1)));
    }

    private static IEnumerable<WrongArguments> BinaryRows(Samples s)
    {
        yield return new("IndexBinaryExtensions.Train(index, vectors)", ("vectors", () => s.Binary.Train(new byte[5].AsMemory())), ("vectors", () => s.Binary.Train([new byte[5]])));
        yield return new("IndexBinaryExtensions.Add(index, vectors)", ("vectors", () => s.Binary.Add(new byte[5].AsMemory())), ("vectors", () => s.Binary.Add([new byte[5]])));
        yield return new(
            "IndexBinaryExtensions.Add(index, vectors, ids)",
            ("vectors", () => s.Binary.Add(new byte[5], [1])),
            ("vectors", () => s.Binary.Add([new byte[5]], [1])),
            ("ids", () => s.Binary.Add(new byte[4], [1, 2])),
            ("ids", () => s.Binary.Add([new byte[4]], [-1])));
        yield return new("IndexBinaryExtensions.Add(index, vector, id)", ("vector", () => s.Binary.Add(new byte[8], 1)), ("id", () => s.Binary.Add(new byte[4], -1)));
        yield return new(
            "IndexBinaryExtensions.Search(index, queries, k, parameters)",
            ("queries", () => s.Binary.Search(new byte[5].AsMemory(), 1)),
            ("queries", () => s.Binary.Search([new byte[5]], 1)),
            ("k", () => s.Binary.Search([new byte[4]], 0)));
        yield return new("IndexBinaryExtensions.Remove(index, ids)", ("ids", () => s.Binary.Remove(0, -1)));
    }

    private static void OverlappingInPart()
    {
        float[] vectors = [1, 1, 1, 1, 1];
        VectorMath.Normalize(vectors.AsSpan(0, 4), 4, vectors.AsSpan(1));
    }
}
