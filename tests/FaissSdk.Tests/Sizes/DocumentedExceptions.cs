using System.Reflection;
using System.Xml.Linq;

namespace FaissSdk.Tests.Sizes;

/// <summary>Reads the exceptions of public members from the documentation that the compiler writes.</summary>
internal sealed class DocumentedExceptions
{
    private static readonly Assembly[] Assemblies = [typeof(FaissIndex).Assembly, typeof(FaissThreads).Assembly, typeof(KMeansResult).Assembly];

    private readonly ILookup<string, Type> _exceptions = Assemblies
        .Select(assembly => Path.ChangeExtension(assembly.Location, ".xml"))
        .Where(File.Exists)
        .SelectMany(path => XDocument.Load(path).Descendants("member"))
        .SelectMany(member => member.Elements("exception").Select(exception => (Member: NameOf((string)member.Attribute("name")!), Type: TypeOf((string)exception.Attribute("cref")!))))
        .Where(row => row.Type is not null)
        .ToLookup(row => row.Member, row => row.Type!, StringComparer.Ordinal);

    /// <summary>Returns the exceptions of all overloads of a member.</summary>
    public IReadOnlyList<Type> Of(MethodBase member)
    {
        var name = member.IsConstructor ? "#ctor" : member.IsSpecialName ? member.Name[4..] : member.Name;
        return [.. _exceptions[$"{member.DeclaringType!.FullName!.Replace('+', '.')}.{name}"]];
    }

    // M:FaissSdk.IndexFlat.#ctor(System.Int32) is FaissSdk.IndexFlat.#ctor.
    private static string NameOf(string id) => id[2..].Split('(', '`')[0];

    private static Type? TypeOf(string cref) => Type.GetType(cref[2..]) ?? Assemblies.Select(assembly => assembly.GetType(cref[2..])).FirstOrDefault(type => type is not null);
}
