using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaissSdk.Generator;

/// <summary>The FAISS versions that have each function, enum member and struct field of the C API.</summary>
/// <remarks>
/// The file changes only where the API does: an entry holds the version that added it and, if it is gone, the version that removed it.
/// The newest version comes first, so that adding a version with the same API adds one line.
/// </remarks>
internal sealed class ApiHistory
{
    /// <summary>Gets or sets the versions that were read, newest first.</summary>
    public List<string> Versions { get; set; } = [];

    /// <summary>Gets or sets the functions by C name.</summary>
    public SortedDictionary<string, Entry> Functions { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Gets or sets the enum members by enum and member, such as <c>FaissMetricType.METRIC_L2</c>.</summary>
    public SortedDictionary<string, Entry> EnumMembers { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Gets or sets the struct fields by struct and field, such as <c>FaissBuffer.ids</c>.</summary>
    public SortedDictionary<string, Entry> StructFields { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Gets or sets FaissSdk's own functions by C name.</summary>
    public SortedDictionary<string, Extension> Extensions { get; set; } = new(StringComparer.Ordinal);

    [JsonIgnore]
    public string Newest => Versions[0];

    /// <summary>Gets the changes of the version that was added last, in Markdown: one line per addition, removal or change.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Changes { get; private set; } = [];

    private IEnumerable<SortedDictionary<string, Entry>> Kinds => [Functions, EnumMembers, StructFields];

    public static ApiHistory Read(string path)
    {
        ApiHistory? history;
        try
        {
            history = JsonSerializer.Deserialize(File.ReadAllBytes(path), ApiHistoryJson.Default.ApiHistory);
        }
        catch (JsonException e)
        {
            throw new GeneratorException($"{path}: not an API history: {e.Message}");
        }

        // JSON may hold null in place of any object.
        if (history?.Versions is not { } versions || history.Extensions is null || history.Kinds.Any(entries => entries is null) || !versions.All(version => Version.TryParse(version, out _)))
        {
            throw new GeneratorException($"{path}: not an API history: it must hold versions, functions, enumMembers and structFields");
        }

        var invalid = history.Kinds.SelectMany(entries => entries).FirstOrDefault(entry => entry.Value?.IsValid(versions) != true).Key;
        return invalid is null
            ? history
            : throw new GeneratorException($"{path}: not an API history: {invalid} must have a header, a declaration, as 'since' one of the versions and, if it was removed, as 'removedIn' a newer one");
    }

    /// <summary>Replaces a file by this history.</summary>
    /// <param name="path">The file.</param>
    /// <param name="beforeReplacing">Work that must succeed before the file is replaced; it runs when the new file is on the disk.</param>
    public void WriteTo(string path, Action? beforeReplacing = null)
    {
        var temporary = path + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(this, ApiHistoryJson.Default.ApiHistory) + "\n");
        try
        {
            beforeReplacing?.Invoke();
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Returns whether a version is newer than all versions of the history.</summary>
    public bool IsNewer(string version) =>
        Version.TryParse(version, out var parsed)
            ? Versions.Count == 0 || parsed > Version.Parse(Newest)
            : throw new GeneratorException($"'{version}' is not a version such as 1.15.0");

    /// <summary>Adds the declarations of a version's headers; versions are added oldest first.</summary>
    /// <param name="version">The version.</param>
    /// <param name="headers">The folder of the headers.</param>
    /// <param name="response">The mapping from C to C#.</param>
    /// <param name="accepted">The names that may mean something else than in older versions; <see langword="null"/> for all.</param>
    /// <exception cref="GeneratorException">Another declaration means something else than in older versions, for which it is bound too.</exception>
    public void Add(string version, string headers, ResponseFile response, IReadOnlyCollection<string>? accepted = null) =>
        Add(version, ApiReader.Read(HeaderTree.Open(headers), response), ApiReader.Read(HeaderTree.Open(headers, gpu: true), response), accepted);

    private void Add(string version, ApiModel model, ApiModel gpu, IReadOnlyCollection<string>? accepted)
    {
        if (!IsNewer(version))
        {
            throw new GeneratorException($"version {version} is not newer than {Newest}, the newest of the history");
        }

        var (changes, breaking) = (new List<string>(), new List<string>());
        var declared = new HashSet<string>(StringComparer.Ordinal);
        foreach (var header in model.Headers.Concat(gpu.Headers))
        {
            foreach (var function in header.Functions)
            {
                Record(Functions, function.Name, header.Path, function.Prototype());
            }

            foreach (var type in header.Types)
            {
                foreach (var member in (type as ApiEnum)?.Members ?? [])
                {
                    Record(EnumMembers, $"{type.Name}.{member.Name}", header.Path, $"{member.Value}");
                }

                foreach (var field in (type as ApiStruct)?.Fields ?? [])
                {
                    Record(StructFields, $"{type.Name}.{field.Name}", header.Path, field.Spelling);
                }
            }
        }

        if (breaking.Count > 0)
        {
            throw new GeneratorException($"FAISS {version} has changed what these mean, and the bindings would call older versions wrongly:{Environment.NewLine}{string.Join(Environment.NewLine, breaking)}{Environment.NewLine}Make the SDK call the new form with FAISS {version} or newer only, then pass --accept-changed NAME for each");
        }

        foreach (var entries in Kinds)
        {
            foreach (var (name, entry) in entries.Where(entry => entry.Value.RemovedIn is null && !declared.Contains(entry.Key)).ToArray())
            {
                // A header package without gpu/ does not mean that FAISS removed it.
                if (gpu.Headers.Count > 0 || !entry.IsGpu)
                {
                    entries[name] = entry with { RemovedIn = version };
                    changes.Add($"- removed: `{name}` ({entry.Header})");
                }
            }
        }

        Versions.Insert(0, version);
        Changes = changes;

        void Record(SortedDictionary<string, Entry> entries, string name, string header, string declaration)
        {
            declared.Add(name);
            if (!entries.TryGetValue(name, out var entry))
            {
                changes.Add($"- added: `{(entries == Functions ? declaration : name)}` ({header})");
            }
            else if (entry.RemovedIn is { } removedIn)
            {
                // One entry holds one interval of versions.
                throw new GeneratorException($"{name} was removed in {removedIn} and is declared again in {version}; the history has no form for that");
            }
            else if (entry.Declaration != declaration)
            {
                changes.Add($"- changed: `{name}`: `{entry.Declaration}` → `{declaration}` ({header})");
                var types = header.StartsWith("gpu/", StringComparison.Ordinal) ? gpu.Types : model.Types;
                if (accepted?.Contains(name) == false && (entries == EnumMembers || !new Prototype(entry.Declaration).IsCompatible(new Prototype(declaration), types)))
                {
                    breaking.Add(changes[^1]);
                }
            }

            entries[name] = new Entry(header, entry?.Since ?? version, RemovedIn: null, declaration);
        }
    }

    /// <summary>Records FaissSdk's own functions, and returns the changes in Markdown.</summary>
    /// <param name="functions">The functions that the headers declare.</param>
    /// <param name="needs">The oldest FAISS version that serves a function, by C name; functions that every version serves are absent.</param>
    /// <param name="version">The version of FaissSdk that new functions are recorded with.</param>
    public IReadOnlyList<string> RecordExtensions(IEnumerable<ApiFunction> functions, IReadOnlyDictionary<string, string> needs, string version)
    {
        var (before, changes) = (Extensions, new List<string>());
        Extensions = new(StringComparer.Ordinal);
        foreach (var function in functions)
        {
            var (name, declaration) = (function.Name, function.Prototype());
            var known = before.GetValueOrDefault(name);
            Extensions[name] = new Extension(known?.Since ?? version, needs.GetValueOrDefault(name), declaration);
            if (known is null)
            {
                changes.Add($"- added: `{declaration}`");
            }
            else if (known != Extensions[name])
            {
                changes.Add($"- changed: `{known.Declaration}` → `{declaration}`{(known.NeedsFaiss == Extensions[name].NeedsFaiss ? "" : $", FAISS {known.NeedsFaiss ?? "any"} → {Extensions[name].NeedsFaiss ?? "any"}")}");
            }
        }

        changes.AddRange(before.Keys.Where(name => !Extensions.ContainsKey(name)).Select(name => $"- removed: `{name}`"));
        return changes;
    }

    /// <summary>A function of FaissSdk's own.</summary>
    /// <param name="Since">The version of FaissSdk that added it.</param>
    /// <param name="NeedsFaiss">The oldest FAISS version that serves it, or <see langword="null"/> if all do.</param>
    /// <param name="Declaration">Its prototype.</param>
    internal sealed record Extension(string Since, string? NeedsFaiss, string Declaration);

    /// <summary>The place and the versions of a declaration.</summary>
    /// <param name="Header">The header of the last version that has it, relative to c_api.</param>
    /// <param name="Since">The first version that has it.</param>
    /// <param name="RemovedIn">The first version that no longer has it, or <see langword="null"/> if the newest version has it.</param>
    /// <param name="Declaration">A function's prototype, an enum member's value, or a field's type, in the last version that has it.</param>
    internal sealed record Entry(string Header, string Since, string? RemovedIn, string Declaration)
    {
        [JsonIgnore]
        public bool IsGpu => Header.StartsWith("gpu/", StringComparison.Ordinal);

        /// <summary>Returns whether a version of the history has it.</summary>
        public bool IsIn(string version) =>
            Version.Parse(Since) <= Version.Parse(version) && (RemovedIn is null || Version.Parse(version) < Version.Parse(RemovedIn));

        /// <summary>Returns whether the entry, which may come from any JSON, is complete and its versions are in order.</summary>
        public bool IsValid(List<string> versions) =>
            this is { Header: not null, Declaration: not null }
            && versions.Contains(Since)
            && (RemovedIn is null || (versions.Contains(RemovedIn) && IsIn(Since)));
    }
}

/// <summary>The JSON form of the history.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(ApiHistory))]
internal sealed partial class ApiHistoryJson : JsonSerializerContext;
