namespace FaissSdk.Sequences;

/// <summary>Calls of the classes with inverted lists.</summary>
internal static class InvertedLists
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("DirectMap", 5, MakeDirectMap) { IsModelled = true },
        new("Merge", 6, Merge) { IsModelled = true },
        new("EmptyClone", 4, CreateEmptyClone) { Creates = true },
        new("CopySubset", 4, CopySubset),
        new("UpdateVectors", 4, UpdateVectors) { IsModelled = true },
        new("Preassigned", 3, SearchPreassigned),
        new("TrainEncoder", 2, TrainEncoder),
        new("AddToLists", 3, AddToLists),
        new("TrainResidual", 1, TrainResidual),
        new("ListIds", 2, ReadLists),
    ];

    private static (IndexVariable Variable, T Index) Target<T>(Sequence sequence, Chooser chooser, Func<IndexVariable, bool>? condition = null)
        where T : FaissIndex
    {
        var target = chooser.Index(sequence, variable => variable.Index is T && condition?.Invoke(variable) != false);
        return (target, target.Index as T ?? throw new StepNotPossibleException());
    }

    private static void MakeDirectMap(Sequence sequence, Chooser chooser)
    {
        var (target, lists) = Target<FaissIndex>(sequence, chooser, variable => variable.Model.Kind.Lists > 1);
        var type = chooser.Of(DirectMapType.None, DirectMapType.Array, DirectMapType.Hashtable, DirectMapType.Hashtable);
        Changes.Change(sequence, target, $"{target.Name}.MakeDirectMap(DirectMapType.{type});", () => lists.MakeDirectMap(type), _ => { });
    }

    private static void Merge(Sequence sequence, Chooser chooser)
    {
        var (target, lists) = Target<IndexIVF>(sequence, chooser);
        var fits = chooser.Chance(90);
        var (source, other) = Target<IndexIVF>(sequence, chooser, variable => !fits || (variable != target && variable.Model.Kind.Text == target.Model.Kind.Text));
        var addId = chooser.Usually([0L, 0, 1000], [-1000, long.MaxValue]);
        var probe = Probe.Take(sequence, source);
        var statement = $"{target.Name}.MergeFrom({source.Name}, {addId});";
        var items = source.Model.Items.ToArray();
        var held = source.IsHeld;
        if (!Changes.Change(sequence, target, statement, () => lists.MergeFrom(other, addId), model =>
        {
            model.IsKnown &= source.Model.IsKnown;
            model.IsOrdinary &= source.Model.IsOrdinary;
            model.Styles.UnionWith(source.Model.Styles);
            model.Replace([.. model.Items, .. items.Select(item => item with { Id = item.Id + addId })]);
            source.Model.Clear();
        }))
        {
            source.Model.IsKnown = source.Model.IsKnown && (source.IsDisposed || source.Index.Count == source.Model.Items.Count);
            return;
        }

        if (held)
        {
            throw new Fault("part", $"'{statement}' empties a part of another index");
        }

        probe.Compare(sequence, target, statement);
    }

    // An index with the same lists, and perhaps another encoder, that can be merged.
    private static void CreateEmptyClone(Sequence sequence, Chooser chooser)
    {
        var (target, lists) = Target<IndexIVF>(sequence, chooser);
        var (way, training, added) = (chooser.Int(0, 3), Changes.Data(chooser, target, 90), Changes.Data(chooser, target, 50));
        var name = sequence.NewName("i");
        IndexIVF? clone = null;
        if (!sequence.Try($"var {name} = (IndexIVF){target.Name}.Clone();", () => clone = (IndexIVF)lists.Clone()))
        {
            return;
        }

        var variable = Creation.Declare(sequence, name, clone!, target.Model.Copy());
        if (!Changes.Change(sequence, variable, $"{name}.Reset();", clone!.Reset, model => model.Clear()))
        {
            return;
        }

        if (way == 1)
        {
            long[] chosen = [.. Enumerable.Repeat(0L, training.CountFor(target.Model.Dimension))];
            Changes.Change(sequence, variable, $"{name}.TrainEncoder({training}, new long[{chosen.Length}]);", () => clone.TrainEncoder(training.Values, chosen), model => model.TrainingStyles.Add("encoder"));
        }
        else if (way == 2)
        {
            Changes.Train(sequence, variable, training);
        }

        Changes.Add(sequence, variable, added);
    }

    private static void CopySubset(Sequence sequence, Chooser chooser)
    {
        var (source, lists) = Target<IndexIVF>(sequence, chooser);
        var fits = chooser.Chance(90);
        var (target, other) = Target<IndexIVF>(sequence, chooser, variable => !fits || (variable != source && variable.Model.Kind.Text == source.Model.Kind.Text));
        var subset = chooser.Of(IndexIVFSubset.Range, IndexIVFSubset.Remainder, IndexIVFSubset.Share);
        var (first, second) = (chooser.Usually([0L, 1, 2, 10], [-1, long.MaxValue]), chooser.Usually([1L, 3, 10, 100, source.Model.Items.Count], [-1, long.MaxValue]));
        var probe = Probe.Take(sequence, source);
        var statement = $"{source.Name}.CopySubsetTo({target.Name}, IndexIVFSubset.{subset}, {first}, {second});";
        if (Changes.Change(sequence, target, statement, () => lists.CopySubsetTo(other, subset, first, second), model =>
        {
            model.IsKnown &= source.Model.IsKnown && subset != IndexIVFSubset.Share;
            model.IsOrdinary &= source.Model.IsOrdinary;
            model.Styles.UnionWith(source.Model.Styles);
            model.Replace([.. model.Items, .. source.Model.Items.Where(item => subset switch
            {
                IndexIVFSubset.Range => item.Id >= first && item.Id < second,
                IndexIVFSubset.Remainder => item.Id % first == second,
                _ => false,
            })]);
        }))
        {
            probe.Compare(sequence, target, statement);
        }
    }

    private static void UpdateVectors(Sequence sequence, Chooser chooser)
    {
        var (target, lists) = Target<FaissIndex>(sequence, chooser);
        var data = Changes.Data(chooser, target, 0) with { Count = chooser.Int(1, 5) };
        long[] ids = [.. Enumerable.Range(0, data.Count).Select(_ => Reading.Id(chooser, target))];
        if (chooser.Chance(70))
        {
            ids = [.. ids.Distinct()];
            data = data with { Count = ids.Length };
        }

        Changes.Change(sequence, target, $"{target.Name}.UpdateVectors({data}, [{string.Join(", ", ids)}]);", () => lists.UpdateVectors(data.Values, ids), model =>
        {
            foreach (var absent in ids.Where(id => model.IsKnown && model.Items.TrueForAll(item => item.Id != id)))
            {
                throw new Fault("wrong id", $"UpdateVectors replaces a vector of the id {absent}, which {target.Name} does not hold");
            }

            var values = data.Values;
            model.Styles.Add(data.Style);
            model.IsOrdinary &= data.IsOrdinary;
            model.IsKnown &= ids.All(id => model.Items.Count(item => item.Id == id) == 1);
            model.Replace(model.Items.Select(item => Array.IndexOf(ids, item.Id) is var i and >= 0
                ? new Item(item.Id, values[(i * data.Dimension)..((i + 1) * data.Dimension)])
                : item));
        });
    }

    private static void SearchPreassigned(Sequence sequence, Chooser chooser)
    {
        var (target, lists) = Target<IndexIVF>(sequence, chooser);
        var queries = chooser.Data(target.Model.Dimension, 0, 3);
        var (k, pairs, seed) = (chooser.Usually([1, 3, 10, 1000], [0, -1]), chooser.Chance(20), chooser.Int(0, 1000));
        var probes = target.IsDisposed ? 1 : Math.Min(lists.NProbe, lists.NList);
        var random = new Random(seed);
        long[] chosen = [.. Enumerable.Range(0, queries.Count * probes).Select(_ => random.Next(-1, target.Model.Kind.Lists))];
        if (k > 0 && (long)k * queries.Count < 100_000)
        {
            var (distances, ids) = (new float[queries.Count * k], new long[queries.Count * k]);
            sequence.Try(
                $"{target.Name}.SearchPreassigned({queries}, {k}, [{string.Join(", ", chosen)}], new float[{chosen.Length}], new float[{distances.Length}], new long[{ids.Length}], storePairs: {(pairs ? "true" : "false")});",
                () => lists.SearchPreassigned(queries.Values, k, chosen, new float[chosen.Length], distances, ids, pairs));
        }
    }

    private static void TrainEncoder(Sequence sequence, Chooser chooser)
    {
        var (target, lists) = Target<IndexIVF>(sequence, chooser);
        var data = Changes.Data(chooser, target, 90);
        var number = chooser.Usually([0L, target.Model.Kind.Lists - 1], [-1, target.Model.Kind.Lists]);
        long[] chosen = [.. Enumerable.Repeat(number, data.Count)];
        Changes.Change(
            sequence, target, $"{target.Name}.TrainEncoder({data}, [.. Enumerable.Repeat({number}L, {data.Count})]);", () => lists.TrainEncoder(data.Values, chosen), model => model.TrainingStyles.Add("encoder"));
    }

    private static void AddToLists(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexIVFFlat or IndexIVFScalarQuantizer);
        var data = Changes.Data(chooser, target, 0) with { Count = chooser.Int(0, 10) };
        var number = chooser.Usually([0L, target.Model.Kind.Lists - 1], [-1, target.Model.Kind.Lists]);
        long[] chosen = [.. Enumerable.Repeat(number, data.Count)];
        var ids = Ids(data.Count, 5000, "consecutive");
        Changes.Change(
            sequence,
            target,
            $"{target.Name}.AddToLists({data}, Ids({data.Count}, 5000, \"consecutive\"), [.. Enumerable.Repeat({number}L, {data.Count})]);",
            () =>
            {
                switch (target.Index)
                {
                    case IndexIVFFlat flat:
                        flat.AddToLists(data.Values, ids, chosen);
                        break;
                    case IndexIVFScalarQuantizer codes:
                        codes.AddToLists(data.Values, ids, chosen);
                        break;
                    default:
                        throw new StepNotPossibleException();
                }
            },
            model =>
            {
                model.Add(data, ids);
                model.TrainingStyles.Add("lists");
            });
    }

    private static void TrainResidual(Sequence sequence, Chooser chooser)
    {
        var (target, lists) = Target<IndexIVFScalarQuantizer>(sequence, chooser);
        var data = Changes.Data(chooser, target, 90);
        Changes.Change(sequence, target, $"{target.Name}.TrainResidual({data});", () => lists.TrainResidual(data.Values), model => model.TrainingStyles.Add("residual"));
    }

    private static void ReadLists(Sequence sequence, Chooser chooser)
    {
        var (target, lists) = Target<IndexIVF>(sequence, chooser);
        var all = new List<long>();
        if (sequence.Try($"for (var list = 0; list < {target.Name}.NList; list++) {target.Name}.GetListIds(list);", () =>
        {
            for (var list = 0; list < lists.NList; list++)
            {
                all.AddRange(lists.GetListIds(list));
            }
        }) && target.Model.IsKnown && target.Model.Kind.Labels == Labels.Kept && !target.Model.Kind.Text.Contains("FlatDedup", StringComparison.Ordinal) && !all.Order().SequenceEqual(target.Model.Items.Select(item => item.Id).Order()))
        {
            throw new Fault("wrong id", $"the lists of {target.Name} hold other ids than were added");
        }
    }
}
