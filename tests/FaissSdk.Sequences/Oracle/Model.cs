namespace FaissSdk.Sequences;

internal readonly record struct Item(long Id, float[] Vector);

/// <summary>What an index should hold.</summary>
internal sealed class Model(Kind kind, int dimension, MetricType metric)
{
    public Kind Kind { get; set; } = kind;

    public int Dimension { get; } = dimension;

    public MetricType Metric { get; } = metric;

    public List<Item> Items { get; private set; } = [];

    /// <summary>Gets the ids of vectors that were removed.</summary>
    public List<long> FormerIds { get; private set; } = [];

    /// <summary>Gets or sets a value indicating whether <see cref="Items"/> is what the index holds.</summary>
    public bool IsKnown { get; set; } = true;

    /// <summary>Gets or sets a value indicating whether all vectors are of a magnitude at which single precision is accurate.</summary>
    public bool IsOrdinary { get; set; } = true;

    /// <summary>Gets or sets a value indicating whether searches visit all lists.</summary>
    public bool ProbesAll { get; set; } = kind.Lists <= 1;

    /// <summary>Gets or sets a value indicating whether a parameter was set that makes searches approximate.</summary>
    public bool IsTuned { get; set; }

    public HashSet<string> TrainingStyles { get; init; } = [];

    public HashSet<string> Styles { get; init; } = [];

    public bool IsExact => Kind.IsExact && ProbesAll && !IsTuned && IsKnown && IsOrdinary;

    public Model Copy() => new(Kind, Dimension, Metric)
    {
        Items = [.. Items],
        FormerIds = [.. FormerIds],
        IsKnown = IsKnown,
        IsOrdinary = IsOrdinary,
        ProbesAll = ProbesAll,
        IsTuned = IsTuned,
        TrainingStyles = [.. TrainingStyles],
        Styles = [.. Styles],
    };

    public void Add(DataSpecification data, long[]? ids = null)
    {
        var values = data.Values;
        Styles.Add(data.Style);
        IsOrdinary &= data.IsOrdinary;
        var first = Items.Count;
        for (var i = 0; i < data.CountFor(Dimension); i++)
        {
            Items.Add(new Item(ids is null ? first + i : ids[i], values[(i * Dimension)..((i + 1) * Dimension)]));
        }
    }

    /// <summary>Removes items, and returns how many.</summary>
    public int Remove(Func<long, bool> selects)
    {
        var before = Items.Count;
        FormerIds.AddRange(Items.Select(item => item.Id).Where(selects));
        Items = [.. Items.Where(item => !selects(item.Id))];
        if (Kind.Labels == Labels.Positions)
        {
            Renumber(0);
        }

        return before - Items.Count;
    }

    /// <summary>Numbers the items from a position on.</summary>
    public void Renumber(int first)
    {
        for (var i = first; i < Items.Count; i++)
        {
            Items[i] = Items[i] with { Id = i };
        }
    }

    public void Clear()
    {
        FormerIds.AddRange(Items.Select(item => item.Id));
        Items = [];
    }

    public void Replace(IEnumerable<Item> items) => Items = [.. items];

    /// <summary>Returns items whose ids no other item has: the first, one in the middle, the last.</summary>
    public IReadOnlyList<Item> Samples()
    {
        if (!IsKnown || Items.Count == 0)
        {
            return [];
        }

        int[] positions = [0, Items.Count / 2, Items.Count - 1];
        return [.. positions.Distinct().Select(position => Items[position]).Where(item => Items.Count(other => other.Id == item.Id) == 1)];
    }
}

/// <summary>What a binary index should hold.</summary>
internal sealed class BinaryModel(int dimension, Labels labels, bool isExact)
{
    public int Dimension { get; } = dimension;

    public Labels Labels { get; } = labels;

    public bool IsExact { get; set; } = isExact;

    public bool IsKnown { get; set; } = true;

    public List<(long Id, byte[] Vector)> Items { get; set; } = [];

    /// <summary>Gets the ids of vectors that were removed.</summary>
    public List<long> FormerIds { get; private set; } = [];

    public BinaryModel Copy() => new(Dimension, Labels, IsExact) { IsKnown = IsKnown, Items = [.. Items], FormerIds = [.. FormerIds] };

    public int Remove(Func<long, bool> selects)
    {
        var before = Items.Count;
        FormerIds.AddRange(Items.Select(item => item.Id).Where(selects));
        Items = [.. Items.Where(item => !selects(item.Id))];
        if (Labels == Labels.Positions)
        {
            Items = [.. Items.Select((item, i) => ((long)i, item.Vector))];
        }

        return before - Items.Count;
    }
}
