using FsCheck;
using FsCheck.Fluent;

namespace FaissSdk.VectorData.Tests;

/// <summary>A random sequence of calls; each is an operation and a seed for its arguments.</summary>
internal sealed record StoreScript(string Distance, (StoreOperation Operation, int Seed)[] Calls)
{
    public static Arbitrary<StoreScript> Any(params string[] distances) => Arb.From(
        from distance in Gen.Elements(distances)
        from count in Gen.Choose(5, 60)
        from calls in (from operation in Operations from seed in Gen.Choose(0, int.MaxValue - 1) select (operation, seed)).ArrayOf(count)
        select new StoreScript(distance, calls),
        script => script.Shrink());

    private static Gen<StoreOperation> Operations => Gen.Frequency(
        (6, Gen.Constant(StoreOperation.Upsert)),
        (3, Gen.Constant(StoreOperation.UpsertOne)),
        (3, Gen.Constant(StoreOperation.Delete)),
        (2, Gen.Constant(StoreOperation.Get)),
        (4, Gen.Constant(StoreOperation.GetFiltered)),
        (5, Gen.Constant(StoreOperation.Search)),
        (6, Gen.Constant(StoreOperation.SearchFiltered)),
        (1, Gen.Constant(StoreOperation.Seal)),
        (1, Gen.Constant(StoreOperation.Reopen)),
        (1, Gen.Constant(StoreOperation.ReopenWithoutIndexes)));

    public override string ToString() => $"{Distance}: {string.Join(", ", Calls.Select(call => $"{call.Operation} {call.Seed}"))}";

    // Leaves out a part of the calls, larger parts first.
    private IEnumerable<StoreScript> Shrink()
    {
        for (var part = Calls.Length / 2; part > 0; part /= 2)
        {
            for (var start = 0; start < Calls.Length; start += part)
            {
                yield return this with { Calls = [.. Calls.Where((_, i) => i < start || i >= start + part)] };
            }
        }
    }
}
