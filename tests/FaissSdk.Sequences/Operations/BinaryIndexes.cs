using FaissSdk.Tests.Files;

namespace FaissSdk.Sequences;

/// <summary>Calls of binary indexes.</summary>
internal static class BinaryIndexes
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("BinaryCreate", 8, Create) { Creates = true, IsModelled = true },
        new("BinaryLoad", 4, LoadWritten) { Creates = true },
        new("BinaryTrain", 3, Train) { IsModelled = true },
        new("BinaryAdd", 6, Add) { IsModelled = true },
        new("BinaryAddWithIds", 4, AddWithIds) { IsModelled = true },
        new("BinaryRemove", 4, Remove) { IsModelled = true },
        new("BinaryReset", 2, Reset) { IsModelled = true },
        new("BinarySearch", 8, Search) { IsModelled = true },
        new("BinaryRange", 3, RangeSearch) { IsModelled = true },
        new("BinaryReconstruct", 4, Reconstruct) { IsModelled = true },
        new("BinaryCopy", 5, Copy) { IsModelled = true },
        new("BinarySettings", 3, Set),
        new("BinaryLists", 4, UseLists),
    ];

    private static void Create(Sequence sequence, Chooser chooser)
    {
        var d = chooser.Of(8, 16, 32, 64, 128);
        var core = chooser.Of("BFlat", "BFlat", "BIVF1", "BIVF4", "BIVF16", "BIVF4_HNSW4", "BHNSW4", "BHNSW16", "BHash4", "BHash8", "BHash2x4");
        var map = chooser.Of("", "", "", "IDMap,", "IDMap2,");
        var (count, seed, fills) = (chooser.Int(40, 200), chooser.Int(1, 30), chooser.Chance(70));
        var name = sequence.NewName("b");
        IndexBinary? index = null;
        if (!sequence.Try($"var {name} = IndexBinary.Create({d}, \"{map}{core}\");", () => index = IndexBinary.Create(d, map + core)))
        {
            return;
        }

        var labels = map != "" ? Labels.Mapped : core.StartsWith("BIVF", StringComparison.Ordinal) || core.StartsWith("BHash", StringComparison.Ordinal) ? Labels.Kept : Labels.Positions;
        var variable = new BinaryVariable(name, index!, new BinaryModel(d, labels, core is "BFlat" or "BIVF1"));
        sequence.Add(variable);
        if (!fills)
        {
            return;
        }

        var bits = Bits(count, d, seed);
        sequence.Try($"{name}.Train(Bits({count}, {d}, {seed}));", () => index!.Train(bits));
        if (labels == Labels.Mapped)
        {
            var ids = Ids(count, seed, "sparse");
            Change(sequence, variable, $"{name}.AddWithIds(Bits({count}, {d}, {seed}), Ids({count}, {seed}, \"sparse\"));", () => index!.AddWithIds(bits, ids), model => Append(model, bits, ids));
        }
        else
        {
            Change(sequence, variable, $"{name}.Add(Bits({count}, {d}, {seed}));", () => index!.Add(bits), model => Append(model, bits, null));
        }
    }

    // Files reach the kinds that the C API of older versions cannot create.
    private static void LoadWritten(Sequence sequence, Chooser chooser)
    {
        var description = chooser.Of([.. BinaryIndexWriter.Descriptions]);
        var (count, seed, mapped) = (chooser.Int(40, 100), chooser.Int(1, 30), chooser.Chance(15));
        var name = sequence.NewName("b");
        var path = sequence.NewPath(name);
        var bits = Bits(count, 32, seed);
        IndexBinary? index = null;
        if (!sequence.Try(
            $"new BinaryIndexWriter(4, Bits({count}, 32, {seed})).Write(\"{description}\", \"{name}\", FloatFile); var {name} = IndexBinary.Load(\"{name}\"{(mapped ? ", IndexReadOptions.Mmap" : "")});",
            () =>
            {
                new BinaryIndexWriter(4, bits).Write(description, path, text => FloatFile(text, bits));
                index = IndexBinary.Load(path, mapped ? IndexReadOptions.Mmap : IndexReadOptions.None);
            }))
        {
            return;
        }

        var labels = description.Contains("IDMap", StringComparison.Ordinal) ? Labels.Mapped : description.Contains("IVF", StringComparison.Ordinal) || description.Contains("Hash", StringComparison.Ordinal) ? Labels.Kept : Labels.Positions;
        var variable = new BinaryVariable(name, index!, new BinaryModel(32, labels, description.EndsWith("BFlat", StringComparison.Ordinal)));
        Append(variable.Model, bits, null);
        sequence.Add(variable);
    }

    private static byte[] FloatFile(string description, byte[] bits)
    {
        using var index = FaissIndex.Create(32, description);
        var values = new float[bits.Length * 8];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = ((bits[i / 8] >> (i % 8)) & 1) == 1 ? 1 : -1;
        }

        index.Add(values);
        return index.Serialize();
    }

    private static void Append(BinaryModel model, byte[] bits, long[]? ids)
    {
        var (size, first) = (model.Dimension / 8, model.Items.Count);
        for (var i = 0; i < bits.Length / size; i++)
        {
            model.Items.Add((ids is null ? first + i : ids[i], bits[(i * size)..((i + 1) * size)]));
        }
    }

    private static BinaryVariable Target(Sequence sequence, Chooser chooser) => chooser.Variable<BinaryVariable>(sequence.Variables, variable => !variable.IsDisposed);

    private static (string Text, byte[] Bits) Vectors(Chooser chooser, BinaryVariable target, int least, int most)
    {
        var (count, seed) = (chooser.Int(least, most), chooser.Int(1, 30));
        return ($"Bits({count}, {target.Model.Dimension}, {seed})", Bits(count, target.Model.Dimension, seed));
    }

    private static void Change(Sequence sequence, BinaryVariable target, string statement, Action call, Action<BinaryModel> apply)
    {
        if (!sequence.Try(statement, call))
        {
            target.Model.IsKnown = target.Model.IsKnown && target.Index.Count == target.Model.Items.Count;
            return;
        }

        if (target.IsView)
        {
            throw new Fault("part", $"'{statement}' changes a part of another index");
        }

        apply(target.Model);
    }

    private static void Train(Sequence sequence, Chooser chooser)
    {
        var target = Target(sequence, chooser);
        var (text, bits) = Vectors(chooser, target, 1, 100);
        Change(sequence, target, $"{target.Name}.Train({text});", () => target.Index.Train(bits), _ => { });
    }

    private static void Add(Sequence sequence, Chooser chooser)
    {
        var target = Target(sequence, chooser);
        var (text, bits) = Vectors(chooser, target, 0, 100);
        Change(sequence, target, $"{target.Name}.Add({text});", () => target.Index.Add(bits), model => Append(model, bits, null));
    }

    private static void AddWithIds(Sequence sequence, Chooser chooser)
    {
        var target = Target(sequence, chooser);
        var (text, bits) = Vectors(chooser, target, 0, 100);
        var (seed, style) = (chooser.Int(0, 200), chooser.Usually(["consecutive", "sparse", "random", "large", "duplicates"], ["negative"]));
        var ids = Ids(bits.Length / target.Model.Dimension * 8, seed, style);
        Change(sequence, target, $"{target.Name}.AddWithIds({text}, Ids({ids.Length}, {seed}, \"{style}\"));", () => target.Index.AddWithIds(bits, ids), model => Append(model, bits, ids));
    }

    private static void Remove(Sequence sequence, Chooser chooser)
    {
        var target = Target(sequence, chooser);
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
        var target = Target(sequence, chooser);
        Change(sequence, target, $"{target.Name}.Reset();", target.Index.Reset, model =>
        {
            model.Remove(_ => true);
            model.IsKnown = true;
        });
    }

    private static void Search(Sequence sequence, Chooser chooser)
    {
        var target = Target(sequence, chooser);
        var (text, bits) = Vectors(chooser, target, 0, 5);
        var k = chooser.Usually([1, 2, 5, 50, 1000], [0, -1, int.MaxValue]);
        var parameters = chooser.Optional<ParametersVariable>(sequence.Variables, 30);
        BinarySearchResult? result = null;
        if (sequence.Try(
            $"{target.Name}.Search({text}, {k}{(parameters is null ? "" : $", {parameters.Name}")});",
            () => result = target.Index.Search(bits, k, parameters?.Parameters)))
        {
            var isLimited = parameters?.Parameters is SearchParametersIVF { MaxCodes: > 0 };
            BinaryOracle.Check(target.Model, target.Index.Count, bits, k, result!, parameters?.Selector?.Contains, isLimited);
        }
    }

    private static void RangeSearch(Sequence sequence, Chooser chooser)
    {
        var target = Target(sequence, chooser);
        var (text, bits) = Vectors(chooser, target, 0, 3);
        var radius = chooser.Usually([0, 1, 4, 10, 200], [-1, int.MaxValue]);
        BinaryRangeSearchResult? result = null;
        if (sequence.Try($"{target.Name}.RangeSearch({text}, {radius});", () => result = target.Index.RangeSearch(bits, radius)))
        {
            BinaryOracle.CheckRange(target.Model, target.Index.Count, bits, radius, result!);
        }
    }

    private static void Reconstruct(Sequence sequence, Chooser chooser)
    {
        var target = Target(sequence, chooser);
        var id = Id(chooser, target);
        var count = chooser.Usually([1, 1, 1, 3, 50], [0, -1, int.MaxValue]);
        byte[] vectors = [];
        var single = count == 1;
        var done = single
            ? sequence.Try($"{target.Name}.Reconstruct({id});", () => vectors = target.Index.Reconstruct(id))
            : sequence.Try($"{target.Name}.ReconstructRange({id}, {count});", () => vectors = target.Index.ReconstructRange(id, count));
        if (!done || !target.Model.IsKnown)
        {
            return;
        }

        var size = target.Model.Dimension / 8;
        for (var i = 0; i < vectors.Length / size; i++)
        {
            var items = target.Model.Items.FindAll(item => item.Id == id + i);
            if (items.Count == 0)
            {
                throw new Fault("wrong id", $"{target.Name} reconstructs id {id + i}, which it does not hold");
            }

            if (items.Count == 1 && !vectors.AsSpan(i * size, size).SequenceEqual(items[0].Vector))
            {
                throw new Fault("reconstruction", $"{target.Name} reconstructs another vector than was added with id {id + i}");
            }
        }
    }

    private static void Copy(Sequence sequence, Chooser chooser)
    {
        var target = Target(sequence, chooser);
        var way = chooser.Of("Clone", "Save", "Serialize", "Map");
        var name = sequence.NewName("b");
        var path = sequence.NewPath(name);
        IndexBinary? copy = null;
        var statement = way switch
        {
            "Clone" => $"var {name} = {target.Name}.Clone();",
            "Serialize" => $"var {name} = IndexBinary.Deserialize({target.Name}.Serialize());",
            _ => $"{target.Name}.Save(\"{name}\"); var {name} = IndexBinary.Load(\"{name}\"{(way == "Map" ? ", IndexReadOptions.Mmap" : "")});",
        };
        if (!sequence.Try(statement, () =>
        {
            switch (way)
            {
                case "Clone":
                    copy = target.Index.Clone();
                    break;
                case "Serialize":
                    copy = IndexBinary.Deserialize(target.Index.Serialize());
                    break;
                default:
                    target.Index.Save(path);
                    copy = IndexBinary.Load(path, way == "Map" ? IndexReadOptions.Mmap : IndexReadOptions.None);
                    break;
            }
        }))
        {
            return;
        }

        if (copy!.Count != target.Index.Count)
        {
            throw new Fault("copy", $"'{statement}' gives a copy of {copy.Count} vectors instead of {target.Index.Count}");
        }

        sequence.Add(new BinaryVariable(name, copy, target.Model.Copy()));
    }

    private static void Set(Sequence sequence, Chooser chooser)
    {
        var target = Target(sequence, chooser);
        var name = chooser.Of("nprobe", "efSearch", "verbose", "none");
        var value = chooser.Usually([1.0, 2, 4, 16], [0, -1, 1e9, double.NaN]);
        sequence.Try($"{target.Name}.SetParameter(\"{name}\", {value.ToString(System.Globalization.CultureInfo.InvariantCulture)});", () => target.Index.SetParameter(name, value));
    }

    private static void UseLists(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Variable<BinaryVariable>(sequence.Variables, variable => !variable.IsDisposed && variable.Index is IndexBinaryIVF);
        var lists = target.Index as IndexBinaryIVF ?? throw new StepNotPossibleException();
        var (number, isTrue) = (chooser.Int(0, 7), chooser.Chance(50));
        var value = chooser.Usually([1, 2, 4, 16], [0, -1, int.MaxValue]);
        var name = sequence.NewName("v");
        switch (number)
        {
            case 0:
                sequence.Try($"{target.Name}.NProbe = {value};", () => lists.NProbe = value);
                break;
            case 1:
                sequence.Try($"{target.Name}.MaxCodes = {value};", () => lists.MaxCodes = value);
                target.Model.IsExact = false;
                break;
            case 2:
                sequence.Try($"{target.Name}.UseHeap = {(isTrue ? "true" : "false")};", () => lists.UseHeap = isTrue);
                break;
            case 3:
                sequence.Try($"{target.Name}.PerInvertedListSearch = {(isTrue ? "true" : "false")};", () => lists.PerInvertedListSearch = isTrue);
                break;
            case 4 or 5:
                Change(sequence, target, $"{target.Name}.MakeDirectMap({(isTrue ? "true" : "false")});", () => lists.MakeDirectMap(isTrue), _ => { });
                break;
            case 6:
                IndexBinary? view = null;
                if (sequence.Try($"var {name} = {target.Name}.Quantizer;", () => view = lists.Quantizer))
                {
                    sequence.Add(new BinaryVariable(name, view!, new BinaryModel(target.Model.Dimension, Labels.Kept, isExact: false) { IsKnown = false }) { IsView = true });
                }

                break;
            default:
                Merge(sequence, chooser, target, lists);
                break;
        }
    }

    private static void Merge(Sequence sequence, Chooser chooser, BinaryVariable target, IndexBinaryIVF lists)
    {
        var source = chooser.Variable<BinaryVariable>(sequence.Variables, variable => !variable.IsDisposed && variable != target && variable.Index is IndexBinaryIVF);
        var other = source.Index as IndexBinaryIVF ?? throw new StepNotPossibleException();
        Change(sequence, target, $"{target.Name}.MergeFrom({source.Name});", () => lists.MergeFrom(other), model =>
        {
            model.IsKnown &= source.Model.IsKnown;
            model.Items = [.. model.Items, .. source.Model.Items];
            source.Model.Items = [];
        });
        source.Model.IsKnown = source.Model.IsKnown && source.Index.Count == source.Model.Items.Count;
    }

    private static long Id(Chooser chooser, BinaryVariable target) => long.Parse(
        chooser.Text(random => $"{(target.Model.FormerIds.Count > 0 && random.Next(4) == 0 ? target.Model.FormerIds[random.Next(target.Model.FormerIds.Count)] : target.Model.Items.Count > 0 && random.Next(5) != 0 ? target.Model.Items[random.Next(target.Model.Items.Count)].Id : random.Next(-1, 500))}"),
        System.Globalization.CultureInfo.InvariantCulture);
}
