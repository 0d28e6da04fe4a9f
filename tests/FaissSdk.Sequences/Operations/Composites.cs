namespace FaissSdk.Sequences;

/// <summary>Makes indexes of others, and looks at their parts.</summary>
internal static class Composites
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("IDMap", 7, MapIds) { Creates = true, IsModelled = true },
        new("Refine", 5, Refine) { Creates = true, IsModelled = true },
        new("RefineBy", 3, RefineBy) { Creates = true },
        new("PreTransform", 5, PreTransform) { Creates = true, IsModelled = true },
        new("TransformIndex", 4, TransformIndex) { Creates = true },
        new("Shards", 7, CreateShards) { Creates = true, IsModelled = true },
        new("Replicas", 4, CreateReplicas) { Creates = true, IsModelled = true },
        new("AddPart", 4, AddPart),
        new("RemovePart", 2, RemovePart),
        new("TakeOwnership", 4, TakeOwnership),
        new("View", 5, View),
        new("SuccessiveIds", 1, SetSuccessiveIds),
        new("ReverseMap", 1, ConstructReverseMap),
        new("PrependTransform", 2, PrependTransform),
    ];

    /// <summary>Records that an index is made of another one: its model no longer follows changes.</summary>
    public static void Hold(IndexVariable parent, IndexVariable part)
    {
        part.Parents.Add(parent);
        parent.Parts.Add(part);
        part.Model = part.Model.Copy();
        part.Model.IsKnown = false;
    }

    private static void MapIds(Sequence sequence, Chooser chooser)
    {
        var (second, owns) = (chooser.Chance(50), chooser.Chance(25));
        var part = Part(chooser, sequence, mostlyEmpty: 85);
        var name = sequence.NewName("i");
        var type = second ? "IndexIDMap2" : "IndexIDMap";
        FaissIndex? index = null;
        if (sequence.Try($"var {name} = new {type}({part.Name}, takeOwnership: {Text(owns)});", () => index = second ? new IndexIDMap2(part.Index, owns) : new IndexIDMap(part.Index, owns)))
        {
            Declare(sequence, name, index!, part.Model.Kind with { Text = $"{type}({part.Model.Kind.Text})", Labels = Labels.Mapped }, owns, part);
        }
    }

    private static void Refine(Sequence sequence, Chooser chooser)
    {
        var owns = chooser.Chance(25);
        var part = Part(chooser, sequence, mostlyEmpty: 90);
        var name = sequence.NewName("i");
        FaissIndex? index = null;
        if (sequence.Try($"var {name} = new IndexRefineFlat({part.Name}, takeOwnership: {Text(owns)});", () => index = new IndexRefineFlat(part.Index, owns)))
        {
            Declare(sequence, name, index!, part.Model.Kind with { Text = $"IndexRefineFlat({part.Model.Kind.Text})", Labels = Labels.Positions, HasTrueDistances = true, IsLossless = true, IsOneDimensional = false }, owns, part);
        }
    }

    private static void RefineBy(Sequence sequence, Chooser chooser)
    {
        var owns = chooser.Chance(25);
        var part = Part(chooser, sequence, mostlyEmpty: 90);
        var refine = Part(chooser, sequence, mostlyEmpty: 90);
        var name = sequence.NewName("i");
        FaissIndex? index = null;
        if (sequence.Try($"var {name} = new IndexRefine({part.Name}, {refine.Name}, takeOwnership: {Text(owns)});", () => index = new IndexRefine(part.Index, refine.Index, owns)))
        {
            var model = new Model(new Kind($"IndexRefine({part.Model.Kind.Text}, {refine.Model.Kind.Text})"), part.Model.Dimension, part.Model.Metric) { IsKnown = part.Model.IsKnown && part.Model.Items.Count == 0, IsOrdinary = part.Model.IsOrdinary && refine.Model.IsOrdinary };
            Creation.Declare(sequence, name, index!, model, part, refine);
            part.IsDisposed |= owns;
            refine.IsDisposed |= owns;
        }
    }

    private static void PreTransform(Sequence sequence, Chooser chooser)
    {
        var part = Part(chooser, sequence, mostlyEmpty: 50);
        var name = sequence.NewName("i");
        FaissIndex? index = null;
        if (sequence.Try($"var {name} = new IndexPreTransform({part.Name});", () => index = new IndexPreTransform(part.Index)))
        {
            Declare(sequence, name, index!, part.Model.Kind with { Text = $"IndexPreTransform({part.Model.Kind.Text})" }, owns: false, part);
        }
    }

    private static void TransformIndex(Sequence sequence, Chooser chooser)
    {
        var owns = chooser.Chance(25);
        var transform = chooser.Variable<OtherVariable>(sequence.Variables, variable => !variable.IsDisposed && variable.Value is VectorTransform);
        var value = transform.Value as VectorTransform ?? throw new StepNotPossibleException();
        var part = chooser.Index(sequence, variable => variable.Model.Dimension == value.OutputDimension);
        var name = sequence.NewName("i");
        FaissIndex? index = null;
        if (sequence.Try($"var {name} = new IndexPreTransform({transform.Name}, {part.Name}, takeOwnership: {Text(owns)});", () => index = new IndexPreTransform(value, part.Index, owns)))
        {
            var model = new Model(new Kind($"IndexPreTransform({value.GetType().Name}, {part.Model.Kind.Text})") { Labels = part.Model.Kind.Labels }, value.InputDimension, part.Model.Metric) { IsKnown = part.Model.IsKnown && part.Model.Items.Count == 0 };
            Creation.Declare(sequence, name, index!, model, part);
            part.IsDisposed |= owns;
            transform.IsDisposed |= owns;
        }
    }

    private static void PrependTransform(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexPreTransform);
        var composite = target.Index as IndexPreTransform ?? throw new StepNotPossibleException();
        var transform = chooser.Variable<OtherVariable>(sequence.Variables, variable => !variable.IsDisposed && variable.Value is VectorTransform given && given.OutputDimension == target.Model.Dimension);
        var value = transform.Value as VectorTransform ?? throw new StepNotPossibleException();
        if (sequence.Try($"{target.Name}.PrependTransform({transform.Name});", () => composite.PrependTransform(value)))
        {
            target.Model = new Model(target.Model.Kind with { IsExact = false, HasTrueDistances = false, IsLossless = false, Decodes = false }, composite.Dimension, target.Model.Metric) { IsKnown = false };
        }
    }

    private static void CreateShards(Sequence sequence, Chooser chooser)
    {
        var (threaded, successive) = (chooser.Chance(30), chooser.Chance(60));
        var first = Part(chooser, sequence, mostlyEmpty: 60);
        var others = Others(chooser, sequence, first);
        var name = sequence.NewName("i");
        IndexShards? shards = null;
        sequence.Try($"var {name} = new IndexShards({first.Model.Dimension}, threaded: {Text(threaded)}, successiveIds: {Text(successive)});", () => shards = new IndexShards(first.Model.Dimension, threaded, successive));
        var labels = successive ? Labels.Positions : Labels.Kept;
        Combine(sequence, name, shards!, $"IndexShards({first.Model.Kind.Text})", labels, [first, .. others], part => shards!.AddShard(part), "AddShard", joins: true);
    }

    private static void CreateReplicas(Sequence sequence, Chooser chooser)
    {
        var threaded = chooser.Chance(30);
        var first = Part(chooser, sequence, mostlyEmpty: 85);
        var others = Others(chooser, sequence, first);
        var name = sequence.NewName("i");
        IndexReplicas? replicas = null;
        sequence.Try($"var {name} = new IndexReplicas({first.Model.Dimension}, threaded: {Text(threaded)});", () => replicas = new IndexReplicas(first.Model.Dimension, threaded));
        Combine(sequence, name, replicas!, $"IndexReplicas({first.Model.Kind.Text})", first.Model.Kind.Labels, [first, .. others], part => replicas!.AddReplica(part), "AddReplica", joins: false);
    }

    private static void Combine(
        Sequence sequence, string name, FaissIndex index, string text, Labels labels, IndexVariable[] parts, Action<FaissIndex> add, string call, bool joins)
    {
        var first = parts[0].Model;
        var models = new List<Model>();
        var variable = Creation.Declare(sequence, name, index, new Model(first.Kind with { Text = text, Labels = labels }, first.Dimension, first.Metric));
        foreach (var part in parts)
        {
            if (sequence.Try($"{name}.{call}({part.Name});", () => add(part.Index)))
            {
                models.Add(part.Model);
                Hold(variable, part);
            }
        }

        // An empty composite is always by L2.
        if (models.Count == 0)
        {
            variable.Dispose();
            return;
        }

        var same = models.TrueForAll(model => model.Kind.Text == first.Kind.Text);
        var kind = models.Aggregate(
            same ? variable.Model.Kind : variable.Model.Kind with { Decodes = false },
            (kind, model) => kind with { IsExact = kind.IsExact && model.Kind.IsExact, HasTrueDistances = kind.HasTrueDistances && model.Kind.HasTrueDistances, IsLossless = kind.IsLossless && model.Kind.IsLossless, Lists = Math.Max(kind.Lists, model.Kind.Lists) });
        if (labels == Labels.Positions && models.Exists(model => model.Kind.Labels != Labels.Positions))
        {
            kind = kind with { Labels = Labels.Kept };
        }

        variable.Model = new Model(kind, first.Dimension, models[0].Metric)
        {
            ProbesAll = models.TrueForAll(model => model.ProbesAll),
            IsTuned = models.Exists(model => model.IsTuned),
            IsOrdinary = models.TrueForAll(model => model.IsOrdinary),
            // Successive ids are those of a shard and the number of vectors before it, which is a position if the shard counts its vectors.
            IsKnown = models.TrueForAll(model => model.IsKnown && (labels != Labels.Positions || model.Items.Select((item, i) => item.Id - i).All(offset => offset == 0)))
                && (joins || models.TrueForAll(model => model.Items.Count == 0)),
        };
        if (joins)
        {
            variable.Model.Replace(models.SelectMany(model => model.Items));
            if (labels == Labels.Positions)
            {
                variable.Model.Renumber(0);
            }
        }
    }

    private static void AddPart(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexShards or IndexReplicas);
        var part = chooser.Index(sequence, variable => variable != target && variable.Model.Dimension == target.Model.Dimension);
        var call = target.Index is IndexShards ? "AddShard" : "AddReplica";
        var held = target.IsHeld;
        if (sequence.Try($"{target.Name}.{call}({part.Name});", () =>
        {
            switch (target.Index)
            {
                case IndexShards shards:
                    shards.AddShard(part.Index);
                    break;
                case IndexReplicas replicas:
                    replicas.AddReplica(part.Index);
                    break;
                default:
                    throw new StepNotPossibleException();
            }
        }))
        {
            if (held)
            {
                throw new Fault("part", $"{call} changes {target.Name}, which is a part of another index");
            }

            target.Model = new Model(target.Model.Kind with { IsExact = false, HasTrueDistances = false, IsLossless = false, Decodes = false }, target.Model.Dimension, target.Index.Metric) { IsKnown = false };
            Hold(target, part);
        }
    }

    private static void RemovePart(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexShards or IndexReplicas);
        var part = chooser.Index(sequence, variable => variable.Parents.Contains(target) || variable.Parents.Count == 0);
        var call = target.Index is IndexShards ? "RemoveShard" : "RemoveReplica";
        if (sequence.Try($"{target.Name}.{call}({part.Name});", () =>
        {
            switch (target.Index)
            {
                case IndexShards shards:
                    shards.RemoveShard(part.Index);
                    break;
                case IndexReplicas replicas:
                    replicas.RemoveReplica(part.Index);
                    break;
                default:
                    throw new StepNotPossibleException();
            }
        }))
        {
            target.Model.IsKnown = false;
            part.Parents.Remove(target);
            target.Parts.Remove(part);
        }
    }

    private static void TakeOwnership(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexShards or IndexReplicas);
        if (sequence.Try($"{target.Name}.TakeOwnership();", () =>
        {
            switch (target.Index)
            {
                case IndexShards shards:
                    shards.TakeOwnership();
                    break;
                case IndexReplicas replicas:
                    replicas.TakeOwnership();
                    break;
                default:
                    throw new StepNotPossibleException();
            }
        }))
        {
            target.Parts.ForEach(part => part.IsDisposed = true);
        }
    }

    private static void View(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexIVF or IndexIDMap or IndexPreTransform or IndexRefine or IndexHNSW or IndexOfParts);
        var number = chooser.Usually([0, 0, 1, 2], [-1, 100]);
        var name = sequence.NewName("v");
        FaissIndex? view = null;
        var text = target.Index switch
        {
            IndexIVF => ".Quantizer",
            IndexIDMap or IndexPreTransform => ".Index",
            IndexRefine => ".BaseIndex",
            IndexHNSW => ".Storage",
            _ => $"[{number}]",
        };
        if (sequence.Try($"var {name} = {target.Name}{text};", () => view = target.Index switch
        {
            IndexIVF lists => lists.Quantizer,
            IndexIDMap map => map.Index,
            IndexPreTransform transformed => transformed.Index,
            IndexRefine refined => refined.BaseIndex,
            IndexHNSW graph => graph.Storage,
            IndexShards shards => shards[number],
            IndexReplicas replicas => replicas[number],
            _ => throw new StepNotPossibleException(),
        })
            && view is not null && !sequence.Live.OfType<IndexVariable>().Any(variable => ReferenceEquals(variable.Index, view)))
        {
            var variable = new IndexVariable(name, view, new Model(new Kind($"view of {target.Model.Kind.Text}") { Labels = Labels.Kept }, view.Dimension, view.Metric) { IsKnown = false, IsOrdinary = target.Model.IsOrdinary }) { IsView = true };
            variable.Parents.Add(target);
            sequence.Add(variable);
        }
    }

    private static void SetSuccessiveIds(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexShards);
        var shards = target.Index as IndexShards ?? throw new StepNotPossibleException();
        var value = chooser.Chance(50);
        if (sequence.Try($"{target.Name}.SuccessiveIds = {Text(value)};", () => shards.SuccessiveIds = value))
        {
            var known = target.Model.IsKnown && target.Model.Items.Count == 0;
            target.Model.Kind = target.Model.Kind with { Labels = value ? Labels.Positions : Labels.Kept };
            target.Model.IsKnown = known;
        }
    }

    private static void ConstructReverseMap(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexIDMap2);
        var map = target.Index as IndexIDMap2 ?? throw new StepNotPossibleException();
        sequence.Try($"{target.Name}.ConstructReverseMap();", map.ConstructReverseMap);
    }

    private static void Declare(Sequence sequence, string name, FaissIndex index, Kind kind, bool owns, IndexVariable part)
    {
        var isOfPart = kind.Labels == part.Model.Kind.Labels;
        var model = part.Model.Copy();
        model.Kind = kind;
        model.IsKnown &= isOfPart || model.Items.Count == 0;
        Creation.Declare(sequence, name, index, model, part);
        part.IsDisposed |= owns;
    }

    private static IndexVariable Part(Chooser chooser, Sequence sequence, int mostlyEmpty)
    {
        var proper = chooser.Chance(mostlyEmpty);
        return chooser.Index(sequence, variable => !proper || (variable.Model.Items.Count == 0 && !variable.IsHeld));
    }

    private static IndexVariable[] Others(Chooser chooser, Sequence sequence, IndexVariable first)
    {
        // All choices come before the first call.
        IndexVariable?[] chosen = [.. Enumerable.Range(0, chooser.Int(0, 2)).Select(_ =>
            chooser.Chance(60) ? null : chooser.Index(sequence, variable => variable.Model.Dimension == first.Model.Dimension))];
        var others = new List<IndexVariable>();
        foreach (var (number, other) in chosen.Index())
        {
            var name = $"{sequence.NewName("i")}_{number}";
            FaissIndex? copy = null;
            if (other is not null)
            {
                others.Add(other);
            }
            else if (sequence.Try($"var {name} = {first.Name}.Clone();", () => copy = first.Index.Clone()))
            {
                others.Add(Creation.Declare(sequence, name, copy!, first.Model.Copy()));
            }
        }

        return [.. others];
    }

    private static string Text(bool value) => value ? "true" : "false";
}
