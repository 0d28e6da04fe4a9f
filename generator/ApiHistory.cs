using System.Text.Json;
using System.Text.Json.Serialization;

namespace FaissSdk.Generator;

/// <summary>In which versions of FAISS every function, enum member and struct field of the C API was there.</summary>
internal sealed class ApiHistory
{
    /// <summary>The versions read, oldest first.</summary>
    public List<string> Versions { get; init; } = [];

    /// <summary>By C name.</summary>
    public SortedDictionary<string, Entry> Functions { get; init; } = new(StringComparer.Ordinal);

    /// <summary>By enum and member, as in <c>FaissMetricType.METRIC_L2</c>.</summary>
    public SortedDictionary<string, Entry> EnumMembers { get; init; } = new(StringComparer.Ordinal);

    /// <summary>By struct and field, as in <c>FaissBuffer.ids</c>.</summary>
    public SortedDictionary<string, Entry> StructFields { get; init; } = new(StringComparer.Ordinal);

    [JsonIgnore]
    public string Newest => Versions[^1];

    public static ApiHistory Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ApiHistoryJson.Default.ApiHistory)!;
        }
        catch (JsonException e)
        {
            throw new GeneratorException($"{path}: not an API history: {e.Message}");
        }
    }

    public string Write() => JsonSerializer.Serialize(this, ApiHistoryJson.Default.ApiHistory) + "\n";

    /// <summary>Adds what a version declares; versions are added oldest first.</summary>
    public void Add(string version, ApiModel model, ApiModel gpu)
    {
        if (Versions.Count > 0 && !(System.Version.Parse(version) > System.Version.Parse(Newest)))
        {
            throw new GeneratorException($"version {version} cannot follow {Newest} in the history");
        }

        var previous = Versions.LastOrDefault();
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

        void Note(SortedDictionary<string, Entry> entries, string name, string header, string declaration)
        {
            // What was gone for a version and came back would need more than a first and a last.
            if (entries.TryGetValue(name, out var entry) && entry.Last != previous && entry.Last != version)
            {
                throw new GeneratorException($"{name} is in {entry.Last} and {version}, but not in {previous}; the history has no form for that");
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
