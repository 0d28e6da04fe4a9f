using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace FaissSdk.Generator;

/// <summary>The compiled raw layer, read from the metadata of its assembly.</summary>
internal sealed class AssemblyApi
{
    private readonly Dictionary<string, Method> _methods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Struct> _structs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyDictionary<string, long>> _enums = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, Method> Methods => _methods;

    public IReadOnlyDictionary<string, Struct> Structs => _structs;

    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Enums => _enums;

    public static AssemblyApi Read(string path, ResponseFile response)
    {
        if (!File.Exists(path))
        {
            throw new GeneratorException($"{path}: the assembly does not exist; build it first (dotnet build bindings -c Release)");
        }

        using var image = new PEReader(File.OpenRead(path));
        if (!HasMetadata(image))
        {
            throw new GeneratorException($"{path}: the file is not a .NET assembly");
        }

        var reader = image.GetMetadataReader();
        var api = new AssemblyApi();
        var types = new Types(reader, api._structs);
        foreach (var handle in reader.TypeDefinitions)
        {
            var type = reader.GetTypeDefinition(handle);
            if (reader.GetString(type.Namespace) != response.Namespace)
            {
                continue;
            }

            var name = reader.GetString(type.Name);
            if (name == response.MethodClassName)
            {
                api.ReadMethods(reader, type, types);
            }
            else if (types.IsEnum(type))
            {
                api._enums[name] = ReadEnum(reader, type);
            }
            else if (types.IsStruct(type))
            {
                api._structs[name] = types.ReadStruct(type);
            }
        }

        return api;
    }

    private static bool HasMetadata(PEReader image)
    {
        try
        {
            return image.HasMetadata;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }

    private void ReadMethods(MetadataReader reader, TypeDefinition type, Types types)
    {
        foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition))
        {
            var signature = method.DecodeSignature(types, null);
            var names = method.GetParameters().Select(reader.GetParameter).Where(parameter => parameter.SequenceNumber > 0).OrderBy(parameter => parameter.SequenceNumber).Select(parameter => reader.GetString(parameter.Name)).ToArray();
            string? library = null, entry = null;
            if (method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
            {
                var import = method.GetImport();
                (library, entry) = (reader.GetString(reader.GetModuleReference(import.Module).Name), reader.GetString(import.Name));
            }

            _methods[reader.GetString(method.Name)] = new Method(signature.ReturnType.Name, [.. signature.ParameterTypes.Zip(names, (parameter, name) => new Parameter(parameter.Name, name))], library, entry);
        }
    }

    private static Dictionary<string, long> ReadEnum(MetadataReader reader, TypeDefinition type) =>
        type.GetFields().Select(reader.GetFieldDefinition).Where(field => field.Attributes.HasFlag(FieldAttributes.Literal)).ToDictionary(
            field => reader.GetString(field.Name),
            field => (long)reader.GetBlobReader(reader.GetConstant(field.GetDefaultValue()).Value).ReadInt32(),
            StringComparer.Ordinal);

    /// <summary>A method; a P/Invoke also has a library and an entry point.</summary>
    internal sealed record Method(string Return, IReadOnlyList<Parameter> Parameters, string? Library, string? EntryPoint);

    internal sealed record Parameter(string Type, string Name);

    internal sealed record Field(string Name, SizedType Type);

    /// <summary>A type in its C# spelling, with its size and alignment in bytes on 64-bit platforms.</summary>
    internal sealed class SizedType(string name, Func<(int Size, int Alignment)> measure)
    {
        public SizedType(string name, int size)
            : this(name, () => (size, Math.Max(1, size)))
        {
        }

        public string Name => name;

        public int Size => measure().Size;

        public int Alignment => measure().Alignment;
    }

    /// <summary>A struct with sequential layout.</summary>
    internal sealed record Struct(IReadOnlyList<Field> Fields)
    {
        /// <summary>Returns the offset of every field and, last, the size of the struct. Each field starts at the next multiple of its alignment.</summary>
        public IReadOnlyList<int> Layout()
        {
            var layout = new List<int>();
            var offset = 0;
            foreach (var field in Fields)
            {
                offset = Align(offset, field.Type.Alignment);
                layout.Add(offset);
                offset += field.Type.Size;
            }

            layout.Add(Align(offset, Alignment));
            return layout;
        }

        /// <summary>Gets the largest alignment of a field.</summary>
        public int Alignment => Fields.Select(member => member.Type.Alignment).Append(1).Max();

        private static int Align(int offset, int alignment) => (offset + alignment - 1) / alignment * alignment;
    }

    private sealed class Types(MetadataReader reader, IReadOnlyDictionary<string, Struct> structs) : ISignatureTypeProvider<SizedType, object?>
    {
        private const int PointerSize = 8;

        public bool IsEnum(TypeDefinition type) => BaseName(type) == "Enum";

        public bool IsStruct(TypeDefinition type) => BaseName(type) == "ValueType";

        public Struct ReadStruct(TypeDefinition type) => new(
        [
            .. type.GetFields().Select(reader.GetFieldDefinition).Where(field => !field.Attributes.HasFlag(FieldAttributes.Static))
                .Select(field => new Field(reader.GetString(field.Name), field.DecodeSignature(this, null))),
        ]);

        public SizedType GetPrimitiveType(PrimitiveTypeCode code) => code switch
        {
            PrimitiveTypeCode.Void => new("void", 0),
            PrimitiveTypeCode.Boolean => new("bool", 1),
            PrimitiveTypeCode.SByte => new("sbyte", 1),
            PrimitiveTypeCode.Byte => new("byte", 1),
            PrimitiveTypeCode.Int16 => new("short", 2),
            PrimitiveTypeCode.UInt16 => new("ushort", 2),
            PrimitiveTypeCode.Int32 => new("int", 4),
            PrimitiveTypeCode.UInt32 => new("uint", 4),
            PrimitiveTypeCode.Int64 => new("long", 8),
            PrimitiveTypeCode.UInt64 => new("ulong", 8),
            PrimitiveTypeCode.Single => new("float", 4),
            PrimitiveTypeCode.Double => new("double", 8),
            PrimitiveTypeCode.IntPtr => new("nint", PointerSize),
            PrimitiveTypeCode.UIntPtr => new("nuint", PointerSize),
            _ => new(code.ToString(), 0),
        };

        public SizedType GetPointerType(SizedType elementType) => new(elementType.Name + "*", PointerSize);

        public SizedType GetFunctionPointerType(MethodSignature<SizedType> signature) =>
            new($"delegate* unmanaged[{(signature.Header.CallingConvention == SignatureCallingConvention.CDecl ? "Cdecl" : signature.Header.CallingConvention)}]<{string.Join(", ", signature.ParameterTypes.Append(signature.ReturnType).Select(type => type.Name))}>", PointerSize);

        public SizedType GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            var (type, name) = (reader.GetTypeDefinition(handle), reader.GetString(reader.GetTypeDefinition(handle).Name));
            if (!IsStruct(type))
            {
                return new SizedType(name, IsEnum(type) ? 4 : 0);
            }

            // Looked up when it is asked for, when all structs have been read: they may point to each other.
            return new SizedType(name, () => structs.TryGetValue(name, out var nested) ? (nested.Layout()[^1], nested.Alignment) : (0, 1));
        }

        public SizedType GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => new(reader.GetString(reader.GetTypeReference(handle).Name), 0);

        public SizedType GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => new("a type specification", 0);

        public SizedType GetArrayType(SizedType elementType, ArrayShape shape) => new(elementType.Name + "[,]", 0);

        public SizedType GetSZArrayType(SizedType elementType) => new(elementType.Name + "[]", 0);

        public SizedType GetByReferenceType(SizedType elementType) => new("ref " + elementType.Name, PointerSize);

        public SizedType GetGenericInstantiation(SizedType genericType, ImmutableArray<SizedType> typeArguments) => genericType;

        public SizedType GetGenericMethodParameter(object? genericContext, int index) => new($"!!{index}", 0);

        public SizedType GetGenericTypeParameter(object? genericContext, int index) => new($"!{index}", 0);

        public SizedType GetModifiedType(SizedType modifier, SizedType unmodifiedType, bool isRequired) => unmodifiedType;

        public SizedType GetPinnedType(SizedType elementType) => elementType;

        private string BaseName(TypeDefinition type) =>
            type.BaseType.Kind == HandleKind.TypeReference ? reader.GetString(reader.GetTypeReference((TypeReferenceHandle)type.BaseType).Name) : "";
    }
}
