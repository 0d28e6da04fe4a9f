using System.Runtime.InteropServices;
using System.Text;
using System.Xml;

namespace FaissSdk.VectorData.Sample;

/// <summary>Reads the XML documentation of the .NET reference assemblies, which comes with every .NET SDK.</summary>
internal static class Documentation
{
    /// <summary>Reads the members that have a summary.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no .NET SDK.</exception>
    public static IEnumerable<Member> Read()
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        foreach (var file in Directory.EnumerateFiles(Folder(), "*.xml").Order(StringComparer.Ordinal))
        {
            using var reader = XmlReader.Create(file, settings);
            while (reader.ReadToFollowing("member"))
            {
                var id = reader.GetAttribute("name");
                using var element = reader.ReadSubtree();
                if (id is { Length: > 2 } && element.ReadToDescendant("summary") && ReadText(element) is { Length: > 0 } summary)
                {
                    yield return Create(id, summary);
                }
            }
        }
    }

    private static Member Create(string id, string summary)
    {
        var name = MemberName.Parse(id);
        var words = $"{name.Readable} {summary}";
        return new Member
        {
            Id = id,
            Name = name.Readable,
            Namespace = name.Namespace,
            Namespaces = [.. Containing(name.Namespace)],
            Kind = name.Kind,
            Summary = summary,
            Text = $"{words} {string.Join(' ', Words.Split(name.Readable))}",
            Embedded = words,
        };
    }

    // System.IO.Compression: itself, System.IO, System.
    private static IEnumerable<string> Containing(string space)
    {
        for (var end = space.Length; end > 0; end = space.LastIndexOf('.', end - 1))
        {
            yield return space[..end];
        }
    }

    private static string Folder()
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/ has its documentation at <root>/packs/Microsoft.NETCore.App.Ref/<version>/ref/net<version>/.
        var packs = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref"));
        return (Directory.Exists(packs) ? Directory.GetDirectories(packs).SelectMany(version => Directory.GetDirectories(Path.Combine(version, "ref"))) : [])
            .OrderByDescending(folder => Version.TryParse(Path.GetFileName(folder).Replace("net", "", StringComparison.Ordinal), out var version) ? version : new Version())
            .FirstOrDefault() ?? throw new DirectoryNotFoundException($"There is no documentation of .NET in {packs}; it comes with the .NET SDK.");
    }

    private static string ReadText(XmlReader summary)
    {
        var text = new StringBuilder();
        using var reader = summary.ReadSubtree();
        while (reader.Read())
        {
            text.Append(reader.NodeType switch
            {
                XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace => reader.Value,
                XmlNodeType.Element when reader.LocalName == "para" => " ",
                XmlNodeType.Element when reader.IsEmptyElement && reader.GetAttribute("cref") is { Length: > 2 } reference => MemberName.Parse(reference).Last,
                XmlNodeType.Element => reader.GetAttribute("langword") ?? (reader.IsEmptyElement ? reader.GetAttribute("name") : null),
                _ => null,
            });
        }

        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
