namespace FaissSdk.Sequences;

/// <summary>Merges indexes of any kind, adds codes, reserves memory and frees it.</summary>
internal static class Growth
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("MergeAny", 4, Merge) { IsModelled = true },
        new("AddEncoded", 4, AddEncoded) { IsModelled = true },
        new("EnsureCapacity", 2, EnsureCapacity) { IsModelled = true },
        new("TrimExcess", 2, TrimExcess) { IsModelled = true },
    ];

    private static void Merge(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var data = Changes.Data(chooser, target, 50);
        var byPosition = target.Model.Kind.Labels == Labels.Positions;
        long[] usual = byPosition ? [0] : [0, 1000];
        var addId = chooser.Usually(usual, [1, -1000]);
        var name = sequence.NewName("i");
        FaissIndex? copy = null;
        if (!sequence.Try($"var {name} = {target.Name}.Clone();", () => copy = target.Index.Clone()))
        {
            return;
        }

        var source = Creation.Declare(sequence, name, copy!, target.Model.Copy());
        if (!Changes.Change(sequence, source, $"{name}.Reset();", copy!.Reset, model => model.Clear()))
        {
            return;
        }

        if (target.Model.Kind.Labels == Labels.Mapped)
        {
            var count = data.CountFor(target.Model.Dimension);
            Changes.AddWithIds(sequence, source, data, [.. Enumerable.Range(0, count).Select(i => 5000L + i)], $"[.. Enumerable.Range(0, {count}).Select(i => 5000L + i)]");
        }
        else
        {
            Changes.Add(sequence, source, data);
        }

        var items = source.Model.Items.ToArray();
        var probe = Probe.Take(sequence, source);
        var statement = $"{target.Name}.MergeFrom((FaissIndex){name}, {addId});";
        if (Changes.Change(sequence, target, statement, () => target.Index.MergeFrom(copy!, addId), model =>
        {
            model.IsKnown &= source.Model.IsKnown;
            model.IsOrdinary &= source.Model.IsOrdinary;
            model.Styles.UnionWith(source.Model.Styles);
            var first = model.Items.Count;
            model.Replace([.. model.Items, .. items.Select(item => item with { Id = byPosition ? item.Id + first : item.Id + addId })]);
            source.Model.Clear();
        }))
        {
            probe.Compare(sequence, target, statement);
            if (copy!.Count != 0)
            {
                throw new Fault("count", $"'{statement}' leaves {copy.Count} vectors in {name}");
            }
        }
    }

    private static void AddEncoded(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var data = Changes.Data(chooser, target, 0);
        var withIds = target.Model.Kind.Labels == Labels.Mapped || (target.Model.Kind.Labels == Labels.Kept && chooser.Chance(50));
        var (name, shortens) = (sequence.NewName("codes"), chooser.Usually([false], [true]));
        byte[] codes = [];
        if (!sequence.Try($"var {name} = {target.Name}.Encode({data});", () => codes = target.Index.Encode(data.Values)))
        {
            return;
        }

        if (shortens && codes.Length > 0)
        {
            codes = codes[..^1];
            sequence.Try($"{target.Name}.AddEncoded({name}[..^1]);", () => target.Index.AddEncoded(codes));
            target.Model.IsKnown = target.Model.IsKnown && (target.IsDisposed || target.Index.Count == target.Model.Items.Count);
            return;
        }

        long[] ids = [.. Enumerable.Range(0, data.CountFor(target.Model.Dimension)).Select(i => 9000L + i)];
        if (withIds)
        {
            Changes.Change(sequence, target, $"{target.Name}.AddEncoded({name}, [.. Enumerable.Range(0, {ids.Length}).Select(i => 9000L + i)]);", () => target.Index.AddEncoded(codes, ids), model => model.Add(data, ids));
        }
        else
        {
            Changes.Change(sequence, target, $"{target.Name}.AddEncoded({name});", () => target.Index.AddEncoded(codes), model => model.Add(data));
        }
    }

    private static void EnsureCapacity(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var capacity = chooser.Usually<long>([0, 100, 5000], [-1, long.MaxValue]);
        Changes.Change(sequence, target, $"{target.Name}.EnsureCapacity({capacity});", () => target.Index.EnsureCapacity(capacity), _ => { });
    }

    private static void TrimExcess(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        Changes.Change(sequence, target, $"{target.Name}.TrimExcess();", target.Index.TrimExcess, _ => { });
    }
}
