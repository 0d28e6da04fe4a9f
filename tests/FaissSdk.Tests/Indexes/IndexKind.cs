namespace FaissSdk.Tests.Indexes;

/// <summary>What an index of a kind is said to do beyond training, adding and searching.</summary>
[Flags]
internal enum IndexAbilities
{
    None = 0,

    /// <summary>Takes labels of the caller's.</summary>
    Ids = 1,

    /// <summary>Takes vectors without labels.</summary>
    Positions = 2,

    Remove = 4,

    /// <summary>Returns single vectors and ranges of them.</summary>
    Reconstruct = 8,

    RangeSearch = 16,

    Save = 32,

    /// <summary>Returns ranges of vectors.</summary>
    ReconstructRange = 64,
}

/// <summary>A kind of index, how one is made, and what is said of it.</summary>
/// <param name="Name">What it is called in the tests.</param>
/// <param name="New">Makes an empty one of a dimension, and keeps what it is made of.</param>
internal sealed record IndexKind(string Name, Func<int, IndexParts, FaissIndex> New)
{
    public const int Dimension = 8;

    // 39 for each of 16 lists, fewer than which FAISS warns of.
    public const int TrainingSize = 640;
    public const int Size = 200;

    /// <summary>The factory string, of a kind that is made from one.</summary>
    public string? Description { get; init; }

    public MetricType Metric { get; init; } = MetricType.L2;

    public int Components { get; init; } = Dimension;

    /// <summary>Whether a search finds the nearest vectors, but for what rounding decides.</summary>
    public bool IsExact { get; init; }

    /// <summary>Of the ten nearest vectors, the share that a search finds at least, on average.</summary>
    public double MinRecall { get; init; } = 1;

    /// <summary>What it does with every FAISS.</summary>
    public IndexAbilities Abilities { get; init; } = IndexAbilities.Positions | IndexAbilities.Save;

    /// <summary>What it does with FAISS 1.15.0 besides.</summary>
    public IndexAbilities NewerAbilities { get; init; }

    /// <summary>Whether the labels of vectors stay when others are removed.</summary>
    public bool KeepsLabels { get; init; }

    /// <summary>Whether it is for FAISS 1.15.0 and later.</summary>
    public bool IsNewer { get; init; }

    /// <summary>Whether it holds bytes: vectors of small integers.</summary>
    public bool HoldsBytes { get; init; }

    /// <summary>Whether its vectors are spread around the origin: codes of few bits are the same for all vectors of one orthant.</summary>
    public bool IsCentered { get; init; }

    public bool TakesOneDimension { get; init; }

    public static bool IsNewFaiss { get; } = Native.IsAvailable && Version.TryParse(FaissLibrary.Info.Version, out var version) && version >= new Version(1, 15, 0);

    public override string ToString() => Name;

    public bool IsKnown => !IsNewer || IsNewFaiss;

    public bool Can(IndexAbilities ability) => (Abilities | (IsNewFaiss ? NewerAbilities : 0)).HasFlag(ability);

    /// <summary>An empty, perhaps untrained one; the test is skipped where the loaded FAISS does not know the kind.</summary>
    public MadeIndex Make(int? dimension = null)
    {
        Native.Require();
        Assert.SkipUnless(IsKnown, $"{Name} needs FAISS 1.15.0 or later; loaded: {FaissLibrary.Info.Version}.");
        var parts = new IndexParts();
        try
        {
            return new MadeIndex(New(dimension ?? Components, parts), parts);
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    public MadeIndex MakeTrained()
    {
        using var single = Native.SingleThread();
        var made = Make();
        made.Index.Train(Vectors(TrainingSize));
        return made;
    }

    public MadeIndex MakeFilled(int count = Size) => MakeFilled(Vectors(count));

    public MadeIndex MakeFilled(ReadOnlySpan<float> vectors)
    {
        using var single = Native.SingleThread();
        var made = MakeTrained();
        Add(made.Index, vectors);
        return made;
    }

    /// <summary>Adds vectors, labelled on from the number held.</summary>
    public void Add(FaissIndex index, ReadOnlySpan<float> vectors)
    {
        if (Can(IndexAbilities.Positions))
        {
            index.Add(vectors);
        }
        else
        {
            var held = index.Count;
            index.AddWithIds(vectors, [.. Enumerable.Range(0, vectors.Length / index.Dimension).Select(i => held + i)]);
        }
    }

    public float[] Vectors(int count, int seed = 1, int? dimension = null)
    {
        var vectors = TestData.Uniform(count, dimension ?? Components, seed);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = HoldsBytes ? MathF.Floor(vectors[i] * 127) : IsCentered ? vectors[i] - 0.5f : vectors[i];
        }

        return vectors;
    }

    /// <summary>How far apart two vectors are by the kind's metric, in double precision; less is nearer.</summary>
    public double Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => Metric switch
    {
        MetricType.L2 => Components == 1 && Name == "IndexFlat1D" ? Math.Abs((double)x[0] - y[0]) : Reference.SquaredDistance(x, y),
        MetricType.InnerProduct => -Reference.Dot(x, y),
        MetricType.L1 => SumOfDifferences(x, y),
        MetricType.Linf => LargestDifference(x, y),
        _ => throw new NotSupportedException(),
    };

    /// <summary>The float that FAISS gives for a distance of <see cref="Distance"/>, but for rounding.</summary>
    public double Signed(float distance) => Metric == MetricType.InnerProduct ? -distance : distance;

    private static double LargestDifference(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var largest = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs((double)x[i] - y[i]));
        }

        return largest;
    }

    private static double SumOfDifferences(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += Math.Abs((double)x[i] - y[i]);
        }

        return sum;
    }
}

/// <summary>What an index is made of and does not own.</summary>
internal sealed class IndexParts : IDisposable
{
    private readonly List<IDisposable> _all = [];

    public T Keep<T>(T part)
        where T : IDisposable
    {
        _all.Add(part);
        return part;
    }

    public void Dispose() => _all.ForEach(part => part.Dispose());
}

internal sealed record MadeIndex(FaissIndex Index, IndexParts Parts) : IDisposable
{
    public void Dispose()
    {
        Index.Dispose();
        Parts.Dispose();
    }
}
