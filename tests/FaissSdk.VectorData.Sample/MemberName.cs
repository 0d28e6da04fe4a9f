using System.Text.RegularExpressions;

namespace FaissSdk.VectorData.Sample;

/// <summary>Represents the parts of a documentation id.</summary>
/// <param name="Kind">The kind of member: type, constructor, method, property, field or event.</param>
/// <param name="Namespace">The namespace; for a member of a nested type with the outer type.</param>
/// <param name="Readable">The name with its type: <c>File.ReadAllBytes</c>.</param>
/// <param name="Last">The name alone: <c>ReadAllBytes</c>.</param>
internal sealed partial record MemberName(string Kind, string Namespace, string Readable, string Last)
{
    public static MemberName Parse(string id)
    {
        var path = (id[1] == ':' ? id[2..] : id).Split('(', 2)[0];
        var parts = TypeParameters().Replace(path, "").Split('.');
        var isType = id[0] is 'T' or 'N' || parts.Length == 1;
        var last = parts[^1];
        var type = parts.Length > 1 ? parts[^2] : "";
        var isConstructor = last is "#ctor" or "#cctor";
        // An explicit implementation repeats the interface, with # instead of dots.
        last = isConstructor ? type : last[(last.LastIndexOf('#') + 1)..];
        var kind = id[0] switch { 'P' => "property", 'F' => "field", 'E' => "event", 'M' => isConstructor ? "constructor" : "method", _ => "type" };
        return new MemberName(kind, string.Join('.', parts[..Math.Max(0, parts.Length - (isType ? 1 : 2))]), isType ? last : isConstructor ? $"new {type}" : $"{type}.{last}", last);
    }

    [GeneratedRegex(@"`+\d+")]
    private static partial Regex TypeParameters();
}
