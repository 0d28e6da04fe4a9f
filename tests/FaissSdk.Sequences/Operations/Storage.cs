using System.Globalization;

namespace FaissSdk.Sequences;

/// <summary>Saves, loads and copies indexes.</summary>
internal static class Storage
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("Save", 6, Save) { IsModelled = true },
        new("Load", 6, Load) { IsModelled = true },
        new("Map", 5, Map) { Creates = true },
        new("Serialize", 4, Serialize) { IsModelled = true },
        new("Clone", 5, Clone) { IsModelled = true },
        new("OnDisk", 2, BuildOnDisk) { Creates = true },
    ];

    private static void BuildOnDisk(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexIVF);
        var memory = chooser.Usually([1L << 20, 1L << 28], [0, -1]);
        var (first, second) = (Changes.Data(chooser, target, 0), Changes.Data(chooser, target, 0));
        var (name, file) = (sequence.NewName("i"), sequence.NewName("lists"));
        FaissIndex? index = null;
        if (sequence.Try($"using (var builder = new OnDiskIndexBuilder({target.Name}, \"{file}\", {memory})) {{ builder.Add({first}); builder.Add({second}); var {name} = builder.Build(); }}", () =>
            {
                using var builder = new OnDiskIndexBuilder(target.Index, sequence.NewPath(file), memory);
                builder.Add(first.Values);
                builder.Add(second.Values);
                index = builder.Build();
            }))
        {
            var model = new Model(new Kind($"on disk: {target.Model.Kind.Text}") { Labels = target.Model.Kind.Labels }, target.Model.Dimension, target.Model.Metric) { IsOrdinary = target.Model.IsOrdinary };
            model.Add(first);
            model.Add(second);
            Creation.Declare(sequence, name, index!, model);
        }
    }

    private static void Save(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var file = chooser.Optional<FileVariable>(sequence.Variables, 40) ?? new FileVariable(sequence.NewName("f"), sequence.NewPath(sequence.NewName("f")));
        var streams = chooser.Chance(20);
        var queries = chooser.Data(target.Model.Dimension, 1, 2);
        var statement = streams ? $"using (var stream = File.Create(\"{file.Name}.new\")) {target.Name}.Save(stream); File.Move(\"{file.Name}.new\", \"{file.Name}\", overwrite: true);" : $"{target.Name}.Save(\"{file.Name}\");";
        if (!sequence.Try(statement, () =>
        {
            if (streams)
            {
                using var stream = new MemoryStream();
                target.Index.Save(stream);

                // An index may be mapped from the old file, which must not become shorter.
                File.WriteAllBytes(file.Path + ".new", stream.ToArray());
                File.Move(file.Path + ".new", file.Path, overwrite: true);
            }
            else
            {
                target.Index.Save(file.Path);
            }
        }))
        {
            if (file.Bytes.Length > 0 && !File.ReadAllBytes(file.Path).AsSpan().SequenceEqual(file.Bytes))
            {
                throw new Fault("file", $"'{statement}' fails and changes the file");
            }

            return;
        }

        file.Bytes = File.ReadAllBytes(file.Path);
        (file.Model, file.Binary) = (Saved(target), null);
        if (!sequence.Variables.Contains(file))
        {
            sequence.Add(file);
        }

        file.Sample = target.IsDisposed || target.Model.IsTuned ? null : Searching.Sample(sequence, target, queries, 3);
        FaissIndex? copy = null;
        if (!sequence.Try($"FaissIndex.Load(\"{file.Name}\").Dispose(); // check", () => copy = FaissIndex.Load(file.Path)))
        {
            throw new Fault("file", $"'{statement}' writes a file that cannot be loaded: {sequence.LastError!.Message}");
        }

        using (copy)
        {
            Compare(sequence, target.Index, copy!, file.Sample, $"the file of '{statement}' ({target.Model.Kind.Text})", name: null);
        }
    }

    private static void Load(Sequence sequence, Chooser chooser)
    {
        var file = chooser.Variable<FileVariable>(sequence.Variables, variable => !variable.IsDisposed);
        var options = chooser.Of(IndexReadOptions.None, IndexReadOptions.None, IndexReadOptions.Mmap, IndexReadOptions.Mmap, IndexReadOptions.ReadOnly, IndexReadOptions.SkipPrecomputedTable);
        var way = chooser.Of("path", "path", "stream", "bytes");
        var name = sequence.NewName("i");
        FaissIndex? index = null;
        var statement = way switch
        {
            "path" => $"FaissIndex.Load(\"{file.Name}\", IndexReadOptions.{options})",
            "stream" => $"FaissIndex.Load(File.OpenRead(\"{file.Name}\"), IndexReadOptions.{options})",
            _ => $"FaissIndex.Deserialize(File.ReadAllBytes(\"{file.Name}\"), IndexReadOptions.{options})",
        };
        if (!sequence.Try($"var {name} = {statement};", () =>
        {
            using var stream = new MemoryStream(file.Bytes);
            index = way switch { "path" => FaissIndex.Load(file.Path, options), "stream" => FaissIndex.Load(stream, options), _ => FaissIndex.Deserialize(file.Bytes, options) };
        }))
        {
            return;
        }

        var model = file.Model is { } saved ? saved.Copy() : new Model(new Kind("unknown"), index!.Dimension, index.Metric) { IsKnown = false };
        var variable = new IndexVariable(name, index!, model) { MappedFrom = options == IndexReadOptions.Mmap && way == "path" ? file : null };
        sequence.Add(variable);
        if (file.Sample is { } sample && Searching.Sample(sequence, variable, sample.Queries, sample.K) is { } found)
        {
            sample.Compare(found, name);
        }
    }

    // Maps a new file, as composites of mapped indexes are rare otherwise.
    private static void Map(Sequence sequence, Chooser chooser)
    {
        var proper = chooser.Chance(70);
        var target = chooser.Index(sequence, variable => !proper || variable.Index is IndexIVF);
        var (name, fileName) = (sequence.NewName("i"), sequence.NewName("f"));
        var path = sequence.NewPath(fileName);
        FaissIndex? index = null;
        if (!sequence.Try($"{target.Name}.Save(\"{fileName}\"); var {name} = FaissIndex.Load(\"{fileName}\", IndexReadOptions.Mmap);", () =>
        {
            target.Index.Save(path);
            index = FaissIndex.Load(path, IndexReadOptions.Mmap);
        }))
        {
            return;
        }

        var file = new FileVariable(fileName, path) { Bytes = File.ReadAllBytes(path), Model = Saved(target) };
        sequence.Add(file);
        sequence.Add(new IndexVariable(name, index!, Saved(target)) { MappedFrom = file });
    }

    private static void Serialize(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        byte[] bytes = [];
        var name = sequence.NewName("f");
        if (!sequence.Try($"File.WriteAllBytes(\"{name}\", {target.Name}.Serialize());", () => bytes = target.Index.Serialize()))
        {
            return;
        }

        var file = new FileVariable(name, sequence.NewPath(name)) { Bytes = bytes, Model = Saved(target) };
        File.WriteAllBytes(file.Path, bytes);
        sequence.Add(file);
        if (!sequence.Try($"FaissIndex.Load(\"{name}\").Dispose(); // check", () => FaissIndex.Load(file.Path).Dispose()))
        {
            throw new Fault("file", $"Serialize of {target.Name} returns bytes that cannot be loaded: {sequence.LastError!.Message}");
        }
    }

    private static void Clone(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var queries = chooser.Data(target.Model.Dimension, 1, 2);
        var name = sequence.NewName("i");
        FaissIndex? copy = null;

        // Decided by the name, as another draw would change what all seeds do.
        long? capacity = int.Parse(name.AsSpan(1), CultureInfo.InvariantCulture) % 2 == 0 ? 1000 : null;
        if (!sequence.Try($"var {name} = {target.Name}.Clone({capacity});", () => copy = capacity is { } room ? target.Index.Clone(room) : target.Index.Clone()))
        {
            return;
        }

        var variable = new IndexVariable(name, copy!, Saved(target));
        sequence.Add(variable);
        Compare(sequence, target.Index, copy!, target.IsDisposed || target.Model.IsTuned ? null : Searching.Sample(sequence, target, queries, 3), $"the copy of {target.Name} ({target.Model.Kind.Text})", name);

        // A copy reconstructs what the original does.
        foreach (var item in target.Model.IsOrdinary ? target.Model.Samples() : [])
        {
            if (Probe.TryReconstruct(sequence, target, item.Id) is not { } expected)
            {
                break;
            }

            if (Probe.TryReconstruct(sequence, variable, item.Id) is not { } actual)
            {
                throw new Fault("copy", $"the copy of {target.Name} does not reconstruct vector {item.Id}: {sequence.LastError?.Message}");
            }

            Probe.CheckVector(target.Model, item, actual);
            if (Enumerable.Range(0, expected.Length).Any(i => Math.Abs(expected[i] - actual[i]) > 1e-4 * (1 + Math.Abs(expected[i]))))
            {
                throw new Fault("copy", $"the copy of {target.Name} reconstructs vector {item.Id} differently");
            }
        }
    }

    // A file does not keep limits of searches.
    private static Model Saved(IndexVariable target) => target.Model.Copy();

    private static void Compare(Sequence sequence, FaissIndex original, FaissIndex copy, SearchSample? sample, string what, string? name)
    {
        if (copy.Count != original.Count || copy.Dimension != original.Dimension || copy.Metric != original.Metric || copy.IsTrained != original.IsTrained)
        {
            throw new Fault("copy", $"{what} holds {copy.Count} vectors of dimension {copy.Dimension} by {copy.Metric}, the original {original.Count} of {original.Dimension} by {original.Metric}");
        }

        SearchResult? found = null;
        if (sample is not null && sequence.Try($"{name ?? "copy"}.Search({sample.Queries}, {sample.K}); // check", () => found = copy.Search(sample.Queries.Values, sample.K)))
        {
            sample.Compare(new SearchSample(sample.Queries, sample.K, found!.Distances.ToArray()), what);
        }
        else if (sample is not null)
        {
            throw new Fault("copy", $"{what} cannot be searched: {sequence.LastError!.Message}");
        }
    }
}
