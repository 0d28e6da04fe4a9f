using System.Text.Json;

namespace FaissSdk.Generator;

/// <summary>A node of clang's syntax tree, with the place it was expanded at.</summary>
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

    /// <summary>The type as it is spelled in the source.</summary>
    public string Type => _json.TryGetProperty("type", out var type) ? type.GetProperty("qualType").GetString()! : "";

    /// <summary>Whether the type is a pointer in place of the array or the function that the source declares.</summary>
    public bool IsDecayed => Type.Contains('*', StringComparison.Ordinal) && _json.GetProperty("type").TryGetProperty("desugaredQualType", out var desugared) && desugared.GetString() == Type;

    public bool Has(string property) => _json.TryGetProperty(property, out _);

    public string? Text(string property) =>
        _json.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public bool Flag(string property) => _json.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.True;

    public string? ReferencedName => _json.TryGetProperty("referencedDecl", out var declaration) ? declaration.GetProperty("name").GetString() : null;

    /// <summary>Reads the tree. clang leaves out a file or line that is the one it wrote last, so places are replayed in document order.</summary>
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
                            // What clang leaves out of an expression is an empty object.
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
