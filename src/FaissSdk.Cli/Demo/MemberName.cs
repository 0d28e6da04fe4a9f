using System.Text.RegularExpressions;

namespace FaissSdk.Cli;

/// <summary>Converts documentation ids to readable names.</summary>
internal static partial class MemberName
{
    /// <summary>Returns the name with type and parameters: <c>File.ReadAllBytes(String)</c> for <c>M:System.IO.File.ReadAllBytes(System.String)</c>.</summary>
    public static string Readable(string id)
    {
        var (path, parameters) = Split(id);
        var segments = Segments(path);
        var name = segments[^1];
        if (id[0] != 'T' && segments.Length > 1)
        {
            name = name switch
            {
                "#ctor" => "new " + segments[^2],
                "#cctor" => segments[^2],
                _ => segments[^2] + "." + name[(name.LastIndexOf('#') + 1)..],
            };
        }

        return TypeParameterCount().Replace(name, "<T>") + Simplify(parameters);
    }

    /// <summary>Returns only the last name: <c>ReadAllBytes</c>.</summary>
    public static string Last(string id)
    {
        var segments = Segments(Split(id).Path);
        var name = segments[^1] is "#ctor" or "#cctor" && segments.Length > 1 ? segments[^2] : segments[^1];
        return TypeParameterCount().Replace(name[(name.LastIndexOf('#') + 1)..], "");
    }

    /// <summary>Returns only the names of the type and of the member: <c>File ReadAllBytes</c>.</summary>
    public static string Words(string id)
    {
        var segments = Segments(Split(id).Path);
        return id[0] == 'T' || segments.Length < 2 ? Last(id) : TypeParameterCount().Replace(segments[^2], "") + " " + Last(id);
    }

    /// <summary>Returns the part before the type: the namespace, and for a nested type also the outer type.</summary>
    public static string Namespace(string id)
    {
        var segments = Segments(Split(id).Path);
        return string.Join('.', segments[..Math.Max(0, segments.Length - (id[0] == 'T' ? 1 : 2))]);
    }

    private static (string Path, string Parameters) Split(string id)
    {
        var path = id.Length > 2 && id[1] == ':' ? id[2..] : id;
        var parenthesis = path.IndexOf('(', StringComparison.Ordinal);
        return parenthesis < 0 ? (path, "") : (path[..parenthesis], path[parenthesis..]);
    }

    private static string[] Segments(string path) => path.Split('.');

    private static string Simplify(string parameters)
    {
        // Removes the result type of a conversion operator, which follows the parameters.
        var list = parameters[..(parameters.LastIndexOf(')') + 1)];
        list = Namespace().Replace(list, "");
        list = TypeParameterCount().Replace(list, "T");
        list = ArrayBounds().Replace(list, "[,]");
        return list.Replace('{', '<').Replace('}', '>').Replace("@", "", StringComparison.Ordinal).Replace(",", ", ", StringComparison.Ordinal).Replace("[, ]", "[,]", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"`+\d+")]
    private static partial Regex TypeParameterCount();

    [GeneratedRegex(@"[\w`]+\.")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\[0:(,0:)+\]")]
    private static partial Regex ArrayBounds();
}
