namespace FaissSdk.Sequences;

/// <summary>Changes the vectors of an index.</summary>
internal static class Changes
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("Train", 6, (sequence, chooser) =>
        {
            var target = chooser.Index(sequence);
            Train(sequence, target, Data(chooser, target, 70));
        }) { IsModelled = true },
        new("Add", 12, (sequence, chooser) =>
        {
            var target = chooser.Index(sequence);
            Add(sequence, target, Data(chooser, target, 0));
        }) { IsModelled = true, IsCommon = true },
        new("AddWithIds", 8, AddWithIds) { IsModelled = true },
        new("Remove", 8, Remove) { IsModelled = true },
        new("Reset", 3, Reset) { IsModelled = true },
        new("Dispose", 6, Dispose) { IsModelled = true, IsCommon = true },
    ];

    public static void Train(Sequence sequence, IndexVariable target, DataSpecification data) =>
        Change(sequence, target, $"{target.Name}.Train({data});", () => target.Index.Train(data.Values), model =>
        {
            model.TrainingStyles.Add(data.Style);
            model.IsOrdinary &= data.IsOrdinary;
        });

    public static void Add(Sequence sequence, IndexVariable target, DataSpecification data) =>
        Change(sequence, target, $"{target.Name}.Add({data});", () => target.Index.Add(data.Values), model => model.Add(data));

    public static void AddWithIds(Sequence sequence, IndexVariable target, DataSpecification data, long[] ids, string text) =>
        Change(sequence, target, $"{target.Name}.AddWithIds({data}, {text});", () => target.Index.AddWithIds(data.Values, ids), model => model.Add(data, ids));

    /// <summary>Makes a call that changes an index, and checks that it changes nothing else.</summary>
    public static bool Change(Sequence sequence, IndexVariable target, string statement, Action call, Action<Model> apply)
    {
        var (held, disposed) = (target.IsHeld, target.IsDisposed);
        var probe = Probe.Take(sequence, target);
        if (!sequence.Try(statement, call))
        {
            target.Model.IsKnown = target.Model.IsKnown && (target.IsDisposed || target.Index.Count == target.Model.Items.Count);

            return false;
        }

        if (disposed)
        {
            throw new Fault("disposed", $"'{statement}' succeeds although {target.Name} is disposed or owned by another index");
        }

        if (held)
        {
            throw new Fault("part", $"'{statement}' changes a part of another index");
        }

        apply(target.Model);
        if (target.MappedFrom is { } file && !file.Bytes.AsSpan().SequenceEqual(File.ReadAllBytes(file.Path)))
        {
            throw new Fault("mapped", $"'{statement}' changes the file that {target.Name} is mapped from");
        }

        probe.Compare(sequence, target, statement);
        return true;
    }

    public static DataSpecification Data(Chooser chooser, IndexVariable target, int percentLarge)
    {
        var most = chooser.Swarm?.MaxCount ?? 1;
        var least = chooser.Chance(percentLarge) ? most / 2 : 0;
        var dimension = chooser.Usually([target.Model.Dimension], [target.Model.Dimension + 1]);
        return chooser.Data(dimension, least, most);
    }

    private static void AddWithIds(Sequence sequence, Chooser chooser)
    {
        var proper = chooser.Chance(80);
        var target = chooser.Index(sequence, variable => !proper || variable.Model.Kind.Labels != Labels.Positions);
        var data = Data(chooser, target, 0);
        var (count, seed) = (chooser.Usually([data.Count], [data.Count + 1]), chooser.Int(0, 200));
        var style = chooser.Usually(["consecutive", "reversed", "sparse", "random", "large", "duplicates"], ["negative"]);
        AddWithIds(sequence, target, data, Ids(count, seed, style), $"Ids({count}, {seed}, \"{style}\")");
    }

    private static void Remove(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var selector = chooser.Variable<SelectorVariable>(sequence.Variables, variable => !variable.IsDisposed);
        long removed = 0;
        Change(sequence, target, $"{target.Name}.Remove({selector.Name});", () => removed = target.Index.Remove(selector.Selector), model =>
        {
            var expected = model.Remove(selector.Contains);
            if (model.IsKnown && removed != expected)
            {
                throw new Fault("count", $"Remove returns {removed}; {expected} of the ids were held");
            }
        });
    }

    private static void Reset(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        Change(sequence, target, $"{target.Name}.Reset();", target.Index.Reset, model =>
        {
            model.Clear();
            model.Styles.Clear();
            if (!target.IsHeld && target.Index.Count != 0)
            {
                throw new Fault("count", $"{target.Index.Count} vectors are left after Reset");
            }

            model.IsKnown = true;
        });
    }

    private static void Dispose(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Variable<Variable>(sequence.Variables, variable => !variable.IsDisposed);
        sequence.Try($"{target.Name}.Dispose();", target.Dispose);
    }
}
