using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaissSdk.Generator;

/// <summary>In which versions of FAISS every function, enum member and struct field of the C API was there.</summary>
internal sealed class ApiHistory
{
    /// <summary>The versions read, oldest first.</summary>
    public List<string> Versions { get; set; } = [];

    /// <summary>By C name.</summary>
    public SortedDictionary<string, Entry> Functions { get; set; } = new(StringComparer.Ordinal);

    /// <summary>By enum and member, as in <c>FaissMetricType.METRIC_L2</c>.</summary>
    public SortedDictionary<string, Entry> EnumMembers { get; set; } = new(StringComparer.Ordinal);

    /// <summary>By struct and field, as in <c>FaissBuffer.ids</c>.</summary>
    public SortedDictionary<string, Entry> StructFields { get; set; } = new(StringComparer.Ordinal);

    [JsonIgnore]
    public string Newest => Versions[^1];

    /// <summary>What the version added last changed, in Markdown: a line for each addition, removal or change.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Changes { get; private set; } = [];

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

        // JSON may hold null for anything.
        var entries = new[] { history?.Functions, history?.EnumMembers, history?.StructFields };
        if (history?.Versions is not { } versions || entries.Contains(null) || !versions.All(version => System.Version.TryParse(version, out _)))
        {
            throw new GeneratorException($"{path}: not an API history: it must hold versions, functions, enumMembers and structFields");
        }

        var unknown = entries.SelectMany(kind => kind!).FirstOrDefault(entry => entry.Value is not { Header: not null, Declaration: not null } || !versions.Contains(entry.Value.First) || !versions.Contains(entry.Value.Last)).Key;
        return unknown is null ? history : throw new GeneratorException($"{path}: not an API history: {unknown} must have a header, a declaration, and as first and last one of the versions");
    }

    /// <summary>Replaces a file by this history.</summary>
    public void WriteTo(string path)
    {
        var temporary = path + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(this, ApiHistoryJson.Default.ApiHistory) + "\n");
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Whether a version is newer than all that were read.</summary>
    public bool IsNewer(string version) =>
        System.Version.TryParse(version, out var parsed)
            ? Versions.Count == 0 || parsed > System.Version.Parse(Newest)
            : throw new GeneratorException($"'{version}' is no version, such as 1.15.0");

    /// <summary>Adds what the headers of a version declare; versions are added oldest first.</summary>
    public void Add(string version, string headers, ResponseFile response) =>
        Add(version, ApiReader.Read(HeaderTree.Open(headers), response), ApiReader.Read(HeaderTree.Open(headers, gpu: true), response));

    /// <summary>Adds what a version declares; versions are added oldest first.</summary>
    public void Add(string version, ApiModel model, ApiModel gpu)
    {
        if (!IsNewer(version))
        {
            throw new GeneratorException($"version {version} cannot follow {Newest} in the history");
        }

        var previous = Versions.LastOrDefault();
        var changes = new List<string>();
        Versions.Add(version);
        foreach (var one in new[] { model, gpu })
        {
            foreach (var header in one.Headers)
            {
                foreach (var function in header.Functions)
                {
                    Note(Functions, function.Name, header.Path, function.Prototype());
                }

                foreach (var type in header.Types)
                {
                    foreach (var member in (type as ApiEnum)?.Members ?? [])
                    {
                        Note(EnumMembers, $"{type.Name}.{member.Name}", header.Path, $"{member.Value}");
                    }

                    foreach (var field in (type as ApiStruct)?.Fields ?? [])
                    {
                        Note(StructFields, $"{type.Name}.{field.Name}", header.Path, field.Spelling);
                    }
                }
            }
        }

        foreach (var entries in new[] { Functions, EnumMembers, StructFields })
        {
            foreach (var (name, entry) in entries.Where(entry => entry.Value.Last == previous && previous is not null).ToArray())
            {
                // Packages of headers may come without gpu/, which says nothing of what is there.
                if (gpu.Headers.Count == 0 && entry.Header.StartsWith("gpu/", StringComparison.Ordinal))
                {
                    entries[name] = entry with { Last = version };
                }
                else
                {
                    changes.Add($"- removed: `{name}` ({entry.Header})");
                }
            }
        }

        Changes = changes;

        void Note(SortedDictionary<string, Entry> entries, string name, string header, string declaration)
        {
            // What was gone for a version and came back would need more than a first and a last.
            if (entries.TryGetValue(name, out var entry) && entry.Last != previous && entry.Last != version)
            {
                throw new GeneratorException($"{name} is in {entry.Last} and {version}, but not in {previous}; the history has no form for that");
            }

            if (entry is null)
            {
                changes.Add($"- added: `{(entries == Functions ? declaration : name)}` ({header})");
            }
            else if (entry.Declaration != declaration)
            {
                changes.Add($"- changed: `{name}`: `{entry.Declaration}` → `{declaration}` ({header})");
            }

            entries[name] = new Entry(header, entry?.First ?? version, version, declaration);
        }
    }

    /// <summary>Where and when something was declared.</summary>
    /// <param name="Header">The header of the last version that has it, relative to c_api.</param>
    /// <param name="First">The first version that has it.</param>
    /// <param name="Last">The last version that has it.</param>
    /// <param name="Declaration">A function's prototype, an enum member's value, or a field's type, in the last version.</param>
    internal sealed record Entry(string Header, string First, string Last, string Declaration);
}

/// <summary>How the history is kept in a file.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", UseStringEnumConverter = true)]
[JsonSerializable(typeof(ApiHistory))]
internal sealed partial class ApiHistoryJson : JsonSerializerContext;
