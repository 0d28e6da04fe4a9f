using System.Reflection;
using System.Reflection.Emit;
using System.Xml.Linq;

namespace FaissSdk.Tests.Sizes;

/// <summary>An overload that calls another one documents every type of exception that the other one documents, except for arguments that it passes itself.</summary>
public sealed class ForwardedExceptionsTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly[] Assemblies = [typeof(FaissIndex).Assembly, typeof(FaissThreads).Assembly, typeof(KMeansResult).Assembly];

    private static readonly Dictionary<short, OpCode> OpCodes = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    [Fact]
    public void An_overload_documents_the_exceptions_of_the_one_that_it_calls()
    {
        var documented = Documented();
        string[] faults =
        [
            .. from method in Methods()
               from target in CallsOfOverloads(method)
               from missing in documented[Id(target)].Except(documented[Id(method)])
               where !missing.StartsWith("T:System.Argument", StringComparison.Ordinal)
               select $"{Id(method)} calls {Id(target)}, and does not document {missing}",
        ];
        Assert.True(faults.Length == 0, string.Join('\n', faults.Distinct()));
    }

    [Fact]
    public void The_overloads_of_a_search_are_found()
    {
        var search = typeof(FaissIndex).GetMethod(nameof(FaissIndex.Search), [typeof(ReadOnlySpan<float>), typeof(int), typeof(SearchParameters)])!;
        Assert.Equal("M:FaissSdk.FaissIndex.Search(System.ReadOnlySpan{System.Single},System.Int32,FaissSdk.SearchParameters)", Id(search));
        Assert.Equal(
            [
                "M:FaissSdk.FaissIndex.Search(System.ReadOnlySpan{System.Single},System.Int32,System.Span{System.Single},System.Span{System.Int64})",
                "M:FaissSdk.FaissIndex.Search(System.ReadOnlySpan{System.Single},System.Int32,FaissSdk.SearchParameters,System.Span{System.Single},System.Span{System.Int64})",
            ],
            CallsOfOverloads(search).Select(Id));
        Assert.Contains("T:System.NotSupportedException", Documented()[Id(search)]);
    }

    private static ILookup<string, string> Documented() => Assemblies
        .Select(assembly => Path.ChangeExtension(assembly.Location, ".xml"))
        .Where(File.Exists)
        .SelectMany(path => XDocument.Load(path).Descendants("member"))
        .SelectMany(member => member.Elements("exception").Select(exception => (Member: (string)member.Attribute("name")!, Type: (string)exception.Attribute("cref")!)))
        .ToLookup(row => row.Member, row => row.Type, StringComparer.Ordinal);

    private static IEnumerable<MethodInfo> Methods() => Assemblies
        .SelectMany(assembly => assembly.GetExportedTypes())
        .Where(type => type.Namespace == nameof(FaissSdk) && !type.IsGenericType)
        .SelectMany(type => type.GetMethods(Declared))
        .Where(method => !method.IsGenericMethod && !method.IsSpecialName);

    private static IEnumerable<MethodInfo> CallsOfOverloads(MethodInfo method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } il)
        {
            yield break;
        }

        for (var i = 0; i < il.Length;)
        {
            var code = OpCodes[il[i] == 0xFE ? (short)(0xFE00 | il[i + 1]) : il[i]];
            i += code.Size;
            if (code.OperandType == OperandType.InlineMethod
                && method.Module.ResolveMethod(BitConverter.ToInt32(il, i)) is MethodInfo { IsPublic: true } called
                && called.DeclaringType == method.DeclaringType && called.Name == method.Name)
            {
                yield return called;
            }

            i += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, i)),
                _ => 4,
            };
        }
    }

    // As the compiler names members in the documentation.
    private static string Id(MethodInfo method)
    {
        var parameters = method.GetParameters();
        return $"M:{method.DeclaringType!.FullName!.Replace('+', '.')}.{method.Name}"
            + (parameters.Length == 0 ? "" : $"({string.Join(',', parameters.Select(parameter => Id(parameter.ParameterType)))})");
    }

    private static string Id(Type type) =>
        type.IsByRef ? Id(type.GetElementType()!) + "@"
        : type.IsArray ? Id(type.GetElementType()!) + "[]"
        : type.IsPointer ? Id(type.GetElementType()!) + "*"
        : type.IsGenericType ? $"{type.GetGenericTypeDefinition().FullName!.Split('`')[0].Replace('+', '.')}{{{string.Join(',', type.GetGenericArguments().Select(Id))}}}"
        : type.FullName!.Replace('+', '.');
}
