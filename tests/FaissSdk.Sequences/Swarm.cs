namespace FaissSdk.Sequences;

/// <summary>The subset of kinds, operations and data of one sequence: combinations that are rare otherwise are frequent within a small subset.</summary>
internal sealed class Swarm
{
    private static readonly int[] AllDimensions = [1, 2, 3, 4, 5, 6, 8, 8, 8, 12, 16, 16, 24, 32];
    private static readonly string[] OrdinaryStyles = ["uniform", "uniform", "normal", "normal", "integers", "bytes", "duplicates", "shifted", "clusters", "zeros"];
    private static readonly string[] AllStyles = [.. OrdinaryStyles, "tiny", "large"];

    private static readonly MetricType[] AllMetrics = Enum.GetValues<MetricType>();

    private readonly Profile _profile;
    private readonly int[] _dimensions;
    private readonly string[] _styles;
    private readonly string[] _families;
    private readonly MetricType[] _metrics;
    private readonly (Operation Operation, int End)[] _operations;

    public Swarm(Random random, Profile profile)
    {
        _profile = profile;
        _dimensions = Some(random, AllDimensions, random.Next(1, 3));
        _styles = Some(random, profile == Profile.Exact ? OrdinaryStyles[..^1] : random.Next(4) == 0 ? AllStyles : OrdinaryStyles, random.Next(1, 4));
        _families = Some(random, profile == Profile.Exact ? FactoryStrings.ExactFamilies : FactoryStrings.Families, random.Next(1, 4));
        _metrics = profile == Profile.Exact
            ? [random.Next(3) == 0 ? MetricType.InnerProduct : random.Next(4) == 0 ? MetricType.L1 : random.Next(6) == 0 ? MetricType.Linf : MetricType.L2]
            : random.Next(4) switch { 0 => Some(random, AllMetrics, 2), 1 => [MetricType.InnerProduct, MetricType.L2], _ => [MetricType.L2] };
        HasWrongArguments = profile == Profile.Everything && random.Next(3) == 0;
        MaxCount = random.Next(3) switch { 0 => 30, 1 => 150, _ => 600 };
        var end = 0;
        _operations = [.. Operation.All
            .Where(operation => profile == Profile.Everything || operation.IsModelled)
            .Select(operation => (operation, end += WeightOf(random, operation)))];
    }

    /// <summary>Gets a value indicating whether a share of the arguments is wrong.</summary>
    public bool HasWrongArguments { get; }

    public int MaxCount { get; }

    public Operation Choose(Random random, Sequence sequence)
    {
        // Creates something first, and not too much later on.
        var live = sequence.Live.Count(variable => variable is IndexVariable or BinaryVariable);
        while (true)
        {
            var number = random.Next(_operations[^1].End);
            var operation = Array.Find(_operations, one => number < one.End).Operation;
            if (operation.Creates ? live < 12 || random.Next(4) == 0 : live > 0)
            {
                return operation;
            }
        }
    }

    public int Dimension(Random random) => _dimensions[random.Next(_dimensions.Length)];

    public string Style(Random random) =>
        HasWrongArguments && random.Next(25) == 0 ? (random.Next(2) == 0 ? "nan" : "infinite") : _styles[random.Next(_styles.Length)];

    public MetricType Metric(Random random) => _metrics[random.Next(_metrics.Length)];

    public string Description(Random random, int dimension) =>
        FactoryStrings.Make(random, _families[random.Next(_families.Length)], dimension, isExact: _profile == Profile.Exact);

    private static int WeightOf(Random random, Operation operation) =>
        operation.Creates || operation.IsCommon ? operation.Weight * random.Next(1, 4) : random.Next(2) == 0 ? 0 : operation.Weight * random.Next(1, 6);

    private static T[] Some<T>(Random random, T[] all, int count)
    {
        T[] shuffled = [.. all];
        random.Shuffle(shuffled);
        return shuffled[..Math.Min(count, shuffled.Length)];
    }
}
