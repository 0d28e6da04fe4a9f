using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using FaissSdk.Interop;

namespace FaissSdk.Tests.Interop;

/// <summary>Reads from the IL of an assembly which raw functions it calls, and which strings stand in the types that do.</summary>
internal sealed class SdkCalls
{
    private static readonly Dictionary<short, OpCode> OpCodes = typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private readonly List<(string Function, string Type)> _calls = [];
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
                    il.Offset += 4 * il.ReadInt32();
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
        if (method.Kind == HandleKind.MemberReference
            && reader.GetMemberReference((MemberReferenceHandle)method) is { Parent.Kind: HandleKind.TypeReference } member
            && reader.GetString(reader.GetTypeReference((TypeReferenceHandle)member.Parent).Name) == nameof(FaissNative))
        {
            _calls.Add((reader.GetString(member.Name), type));
        }

        if (method.Kind == HandleKind.MethodDefinition && reader.GetMethodDefinition((MethodDefinitionHandle)method) is var own
            && reader.GetString(reader.GetTypeDefinition(own.GetDeclaringType()).Name) == nameof(FaissNative))
        {
            _calls.Add((reader.GetString(own.Name), type));
        }
    }
}
