using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using FaissSdk.Interop;

namespace FaissSdk.Tests.Interop;

/// <summary>Reads from the IL of an assembly which raw functions and which methods of its own it calls, and which strings its types load.</summary>
internal sealed class SdkCalls
{
    private static readonly Dictionary<short, OpCode> OpCodes = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private readonly List<(string Function, string Type)> _calls = [];
    private readonly List<(string Method, string Type)> _ownCalls = [];
    private readonly Dictionary<string, HashSet<string>> _strings = [];

    public SdkCalls(string assembly)
    {
        using var image = new PEReader(File.OpenRead(assembly));
        var reader = image.GetMetadataReader();
        foreach (var definition in reader.TypeDefinitions)
        {
            var type = reader.GetTypeDefinition(definition);
            var name = Outermost(reader, type);
            foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition).Where(method => method.RelativeVirtualAddress != 0))
            {
                Read(reader, image.GetMethodBody(method.RelativeVirtualAddress).GetILReader(), name);
            }
        }
    }

    public IEnumerable<string> Functions => _calls.Select(call => call.Function).Distinct();

    public IReadOnlyList<(string Function, string Type)> Calls => _calls;

    /// <summary>Gets the calls of methods of the assembly, and of FaissLibrary, by the outermost type that makes them.</summary>
    public IReadOnlyList<(string Method, string Type)> OwnCalls => _ownCalls;

    public IEnumerable<string> TypesWithStrings => _strings.Keys;

    public IReadOnlySet<string> StringsOf(string type) => _strings.TryGetValue(type, out var strings) ? strings : new HashSet<string>();

    private static string Outermost(MetadataReader reader, TypeDefinition type)
    {
        while (!type.GetDeclaringType().IsNil)
        {
            type = reader.GetTypeDefinition(type.GetDeclaringType());
        }

        return reader.GetString(type.Name);
    }

    private void Read(MetadataReader reader, BlobReader il, string type)
    {
        while (il.RemainingBytes > 0)
        {
            short value = il.ReadByte();
            var code = OpCodes[value == 0xFE ? (short)(0xFE00 | il.ReadByte()) : value];
            switch (code.OperandType)
            {
                case OperandType.InlineMethod:
                    Note(reader, MetadataTokens.EntityHandle(il.ReadInt32()), type);
                    break;
                case OperandType.InlineString:
                    var text = reader.GetUserString((UserStringHandle)MetadataTokens.Handle(il.ReadInt32()));
                    (_strings.TryGetValue(type, out var known) ? known : _strings[type] = []).Add(text);
                    break;
                case OperandType.InlineSwitch:
                    var cases = il.ReadInt32();
                    il.Offset += 4 * cases;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    il.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    il.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    il.Offset += 8;
                    break;
                default:
                    il.Offset += 4;
                    break;
            }
        }
    }

    private void Note(MetadataReader reader, EntityHandle method, string type)
    {
        var (name, owner) = Resolve(reader, method);
        switch (owner)
        {
            case nameof(FaissNative):
                _calls.Add((name, type));
                break;
            case not "":
                _ownCalls.Add((name, type));
                break;
        }
    }

    /// <summary>Returns a method and its type; empty for types outside the assembly other than FaissNative and FaissLibrary.</summary>
    private static (string Name, string Owner) Resolve(MetadataReader reader, EntityHandle method)
    {
        if (method.Kind == HandleKind.MethodDefinition)
        {
            var own = reader.GetMethodDefinition((MethodDefinitionHandle)method);
            return (reader.GetString(own.Name), reader.GetString(reader.GetTypeDefinition(own.GetDeclaringType()).Name));
        }

        if (method.Kind == HandleKind.MemberReference
            && reader.GetMemberReference((MemberReferenceHandle)method) is { Parent.Kind: HandleKind.TypeReference } member
            && reader.GetString(reader.GetTypeReference((TypeReferenceHandle)member.Parent).Name) is nameof(FaissNative) or nameof(FaissLibrary))
        {
            return (reader.GetString(member.Name), reader.GetString(reader.GetTypeReference((TypeReferenceHandle)member.Parent).Name));
        }

        return ("", "");
    }
}
