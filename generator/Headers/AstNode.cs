using System.Text.Json;

namespace FaissSdk.Generator;

/// <summary>A node of clang's syntax tree, located where its macros, if any, are expanded.</summary>
internal sealed class AstNode
{
    private readonly JsonElement _json;

    private AstNode(JsonElement json, SourceLocation location, IReadOnlyList<AstNode> inner)
    {
        _json = json;
        Location = location;
        Inner = inner;
    }

    public SourceLocation Location { get; }

    public IReadOnlyList<AstNode> Inner { get; }

    public string Kind => Text("kind") ?? "";

    public string Name => Text("name") ?? "";

    /// <summary>Gets the type in the source's spelling.</summary>
    public string Type => _json.TryGetProperty("type", out var type) ? type.GetProperty("qualType").GetString()! : "";

    /// <summary>Gets a value indicating whether the type is a pointer to which an array or function parameter of the source decays.</summary>
    public bool IsDecayed => Type.Contains('*', StringComparison.Ordinal) && _json.GetProperty("type").TryGetProperty("desugaredQualType", out var desugared) && desugared.GetString() == Type;

    public bool Has(string property) => _json.TryGetProperty(property, out _);

    public string? Text(string property) =>
        _json.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public bool Flag(string property) => _json.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.True;

    public string? ReferencedName => _json.TryGetProperty("referencedDecl", out var declaration) ? declaration.GetProperty("name").GetString() : null;

    /// <summary>Reads the tree. clang omits a file or line that equals the one it wrote last, so locations are replayed in document order.</summary>
    public static AstNode Read(JsonElement root) => new Replay().Convert(root);

    private sealed class Replay
    {
        private string _file = "";
        private int _line;

        public AstNode Convert(JsonElement json)
        {
            var location = default(SourceLocation);
            List<AstNode>? inner = null;
            foreach (var property in json.EnumerateObject())
            {
                switch (property.Name)
                {
                    case "loc":
                        location = Locate(property.Value);
                        break;
                    case "range":
                        var begin = Locate(property.Value.GetProperty("begin"));
                        Locate(property.Value.GetProperty("end"));
                        location = location.File is null ? begin : location;
                        break;
                    case "inner":
                        inner = [];
                        foreach (var child in property.Value.EnumerateArray())
                        {
                            // clang writes an empty object for an omitted part of an expression.
                            if (child.ValueKind == JsonValueKind.Object && child.TryGetProperty("kind", out _))
                            {
                                inner.Add(Convert(child));
                            }
                        }

                        break;
                }
            }

            return new AstNode(json, location, inner ?? (IReadOnlyList<AstNode>)[]);
        }

        private SourceLocation Locate(JsonElement json)
        {
            if (json.TryGetProperty("spellingLoc", out var spelling))
            {
                Locate(spelling);
                return Locate(json.GetProperty("expansionLoc"));
            }

            if (!json.TryGetProperty("offset", out _))
            {
                return default;
            }

            if (json.TryGetProperty("file", out var file))
            {
                _file = file.GetString()!;
            }

            if (json.TryGetProperty("line", out var line))
            {
                _line = line.GetInt32();
            }

            return new SourceLocation(_file, _line);
        }
    }
}
