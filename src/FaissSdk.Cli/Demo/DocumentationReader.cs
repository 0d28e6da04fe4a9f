using System.Runtime.ExceptionServices;
using System.Text;
using System.Xml;

namespace FaissSdk.Cli;

/// <summary>Reads the summaries of XML documentation files.</summary>
internal static class DocumentationReader
{
    /// <summary>Reads the members that have a summary, in the order of the files and of the members in them.</summary>
    /// <exception cref="InvalidDataException">A file is not well-formed XML.</exception>
    public static List<DocumentedMember> Read(IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var members = new List<DocumentedMember>[files.Count];
        try
        {
            Parallel.For(0, files.Count, new ParallelOptions { CancellationToken = cancellationToken }, i => members[i] = ReadFile(files[i]));
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return [.. members.SelectMany(list => list)];
    }

    private static List<DocumentedMember> ReadFile(string path)
    {
        using var stream = File.OpenRead(path);
        using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        var members = new List<DocumentedMember>();
        try
        {
            while (reader.ReadToFollowing("member"))
            {
                var id = reader.GetAttribute("name");
                using var member = reader.ReadSubtree();
                if (!string.IsNullOrEmpty(id) && member.ReadToDescendant("summary") && ReadText(member) is { Length: > 0 } summary && summary != "To be added.")
                {
                    members.Add(new DocumentedMember(id, summary));
                }
            }
        }
        catch (XmlException e)
        {
            throw new InvalidDataException($"{path}: is not well-formed XML: {e.Message}", e);
        }

        return members;
    }

    /// <summary>Reads the text of the current element as one line, in which the last name of its target stands for a reference.</summary>
    private static string ReadText(XmlReader reader)
    {
        var text = new StringBuilder();
        using var summary = reader.ReadSubtree();
        while (summary.Read())
        {
            switch (summary.NodeType)
            {
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    text.Append(summary.Value);
                    break;
                case XmlNodeType.Element:
                    text.Append(summary.LocalName == "para" ? " " : Reference(summary));
                    break;
            }
        }

        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static string? Reference(XmlReader element) =>
        element.GetAttribute("cref") is { } cref && element.IsEmptyElement ? MemberName.Last(cref) : element.GetAttribute("langword") ?? (element.IsEmptyElement ? element.GetAttribute("name") : null);
}
