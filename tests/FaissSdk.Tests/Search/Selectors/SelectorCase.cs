namespace FaissSdk.Tests.Indexes;

/// <summary>A set of ids: a selector, and the same set as a function.</summary>
/// <param name="Name">The name of the set in the tests.</param>
/// <param name="New">Creates the selector and adds the selectors that it is made of to the parts.</param>
/// <param name="Contains">The same set.</param>
internal sealed record SelectorCase(string Name, Func<IndexParts, IDSelector> New, Func<long, bool> Contains)
{
    // Bits 0, 3, 6, … up to 64 × 8 ids.
    private static readonly byte[] EveryThird = [.. Enumerable.Range(0, 64).Select(i => (byte)Enumerable.Range(0, 8).Where(bit => ((8 * i) + bit) % 3 == 0).Sum(bit => 1 << bit))];

    private static readonly long[] Listed = [.. Enumerable.Range(0, 200).Select(i => 4L * i)];

    private static readonly SelectorCase Range = new("range", _ => new IDSelectorRange(30, 170), id => id is >= 30 and < 170);

    private static readonly SelectorCase Batch = new("batch", _ => new IDSelectorBatch(Listed), id => id >= 0 && id % 4 == 0 && id < 800);

    private static readonly SelectorCase Bitmap = new("bitmap", _ => new IDSelectorBitmap(EveryThird), id => id is >= 0 and < 512 && id % 3 == 0);

    private static readonly SelectorCase Predicate = new("predicate", _ => new IDSelectorPredicate(id => id % 5 < 2), id => id % 5 < 2);

    private static readonly SelectorCase None = new("none", _ => new IDSelectorBatch(), _ => false);

    private static readonly SelectorCase All = Not(None);

    public static IReadOnlyList<SelectorCase> Every { get; } =
    [
        Range, Batch, Bitmap, None, All, Predicate,
        new("range to beyond the end", _ => new IDSelectorRange(100, 100_000), id => id is >= 100 and < 100_000),
        new("range from below 0", _ => new IDSelectorRange(-100, 50), id => id is >= -100 and < 50),
        new("range beyond the end", _ => new IDSelectorRange(90_000, 100_000), id => id is >= 90_000 and < 100_000),
        new("one id", _ => new IDSelectorBatch(77), id => id == 77),
        Not(Range), Not(Batch), Not(Bitmap), And(Range, Batch), Or(Range, Bitmap), XOr(Range, Batch), And(Range, Range), Not(Predicate), And(Predicate, XOr(Range, Predicate)),
        Not(Or(And(Range, Not(Batch)), XOr(Bitmap, Range))), And(Not(Range), Or(Batch, Bitmap)), XOr(Not(Bitmap), And(Batch, All)),
    ];

    /// <summary>Gets a value indicating whether the loaded library has the selectors.</summary>
    public bool IsSupported => Tests.Native.HasOwnSearch
        || (!Name.Contains("predicate", StringComparison.Ordinal) && (!Name.Contains("bitmap", StringComparison.Ordinal) || FaissLibrary.Supports("faiss_IDSelectorBitmap_new")));

    public override string ToString() => Name;

    private static SelectorCase Not(SelectorCase inner) => new(
        $"not({inner})",
        parts => new IDSelectorNot(parts.Keep(inner.New(parts))),
        id => !inner.Contains(id));

    private static SelectorCase And(SelectorCase left, SelectorCase right) => new(
        $"and({left}, {right})",
        parts => new IDSelectorAnd(parts.Keep(left.New(parts)), parts.Keep(right.New(parts))),
        id => left.Contains(id) && right.Contains(id));

    private static SelectorCase Or(SelectorCase left, SelectorCase right) => new(
        $"or({left}, {right})",
        parts => new IDSelectorOr(parts.Keep(left.New(parts)), parts.Keep(right.New(parts))),
        id => left.Contains(id) || right.Contains(id));

    private static SelectorCase XOr(SelectorCase left, SelectorCase right) => new(
        $"xor({left}, {right})",
        parts => new IDSelectorXOr(parts.Keep(left.New(parts)), parts.Keep(right.New(parts))),
        id => left.Contains(id) != right.Contains(id));
}
