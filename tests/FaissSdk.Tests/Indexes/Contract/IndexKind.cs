namespace FaissSdk.Tests.Indexes;

/// <summary>The operations that a kind of index supports beyond training and searching.</summary>
[Flags]
internal enum IndexAbilities
{
    None = 0,

    /// <summary>Accepts ids of the caller.</summary>
    Ids = 1,

    /// <summary>Accepts vectors without ids and numbers them.</summary>
    Positions = 2,

    Remove = 4,

    /// <summary>Returns single vectors and ranges of them.</summary>
    Reconstruct = 8,

    RangeSearch = 16,

    Save = 32,

    /// <summary>Returns ranges of vectors.</summary>
    ReconstructRange = 64,
}

/// <summary>A kind of index: how to create one and which properties it has.</summary>
/// <param name="Name">The name of the kind in the tests.</param>
/// <param name="New">Creates an empty index of a dimension and adds its parts to the parts.</param>
internal sealed record IndexKind(string Name, Func<int, IndexParts, FaissIndex> New)
{
    public const int Dimension = 8;

    // FAISS warns about fewer than 39 vectors for each of the 16 lists.
    public const int TrainingSize = 640;
    public const int Size = 200;

    /// <summary>Gets the factory string, or <see langword="null"/> when a constructor creates the index.</summary>
    public string? Description { get; init; }

    public MetricType Metric { get; init; } = MetricType.L2;

    public int Components { get; init; } = Dimension;

    /// <summary>Gets a value indicating whether a search finds exactly the nearest vectors, up to rounding.</summary>
    public bool IsExact { get; init; }

    /// <summary>Gets the floor of recall@10: the mean share of the ten nearest vectors that a search finds.</summary>
    public double MinRecall { get; init; } = 1;

    /// <summary>Gets the abilities with every version of FAISS.</summary>
    public IndexAbilities Abilities { get; init; } = IndexAbilities.Positions | IndexAbilities.Save;

    /// <summary>Gets the additional abilities with FAISS ≥ 1.15.</summary>
    public IndexAbilities NewerAbilities { get; init; }

    /// <summary>Gets a value indicating whether ids stay the same when other vectors are removed.</summary>
    public bool KeepsIds { get; init; }

    /// <summary>Gets a value indicating whether the kind needs FAISS ≥ 1.15.</summary>
    public bool IsNewer { get; init; }

    /// <summary>Gets a value indicating whether the index stores bytes, so that its vectors must consist of small integers.</summary>
    public bool HoldsBytes { get; init; }

    /// <summary>Gets a value indicating whether the vectors are centered on the origin; codes of few bits cannot distinguish vectors of one orthant.</summary>
    public bool IsCentered { get; init; }

    public bool SupportsOneDimension { get; init; }

    public static bool IsNewFaiss { get; } = Native.IsAvailable && Version.TryParse(FaissLibrary.Info.Version, out var version) && version >= new Version(1, 15, 0);

    public override string ToString() => Name;

    public bool IsKnown => !IsNewer || IsNewFaiss;

    public bool Can(IndexAbilities ability) => (Abilities | (IsNewFaiss ? NewerAbilities : 0)).HasFlag(ability);

    /// <summary>Creates an empty, possibly untrained index; skips the test when the loaded FAISS does not have the kind.</summary>
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

    /// <summary>Adds vectors with consecutive ids, starting at the number of vectors in the index.</summary>
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

    /// <summary>Adds ten vectors to filled indexes, except to kinds that take all their vectors at once.</summary>
    public void AddMore(params FaissIndex[] filled)
    {
        if (!Name.Contains("NSG", StringComparison.Ordinal) && !Name.StartsWith("IndexShards", StringComparison.Ordinal))
        {
            Array.ForEach(filled, index => Add(index, Vectors(10, 4)));
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

    /// <summary>Returns the distance of two vectors by the kind's metric in double precision; a smaller one is nearer.</summary>
    public double Distance(ReadOnlySpan<float> x, ReadOnlySpan<float> y) => Metric switch
    {
        MetricType.L2 => Components == 1 && Name == "IndexFlat1D" ? Math.Abs((double)x[0] - y[0]) : Reference.SquaredDistance(x, y),
        MetricType.InnerProduct => -Reference.Dot(x, y),
        MetricType.L1 => SumOfDifferences(x, y),
        MetricType.Linf => MaxDifference(x, y),
        _ => throw new NotSupportedException(),
    };

    /// <summary>Converts a distance that FAISS returns to the sign of <see cref="Distance"/>.</summary>
    public double Signed(float distance) => Metric == MetricType.InnerProduct ? -distance : distance;

    private static double MaxDifference(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var max = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            max = Math.Max(max, Math.Abs((double)x[i] - y[i]));
        }

        return max;
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

/// <summary>The parts of a composite index, which it does not own.</summary>
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
