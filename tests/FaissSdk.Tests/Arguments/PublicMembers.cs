using System.Reflection;
using System.Runtime.CompilerServices;

namespace FaissSdk.Tests.Arguments;

/// <summary>Lists by reflection which arguments of the public API can have a wrong length or value.</summary>
internal static class PublicMembers
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] Numbers = [typeof(int), typeof(long), typeof(float), typeof(double)];

    private static readonly Type[] Memory = [typeof(Span<>), typeof(ReadOnlySpan<>), typeof(ReadOnlyMemory<>), typeof(System.Numerics.Tensors.ReadOnlyTensorSpan<>)];

    /// <summary>Gets the members with their parameters, such as <c>FaissIndex.Assign(queries, k, ids)</c>; a setter has the parameter <c>value</c>.</summary>
    public static IReadOnlyList<(string Member, string Parameter)> Arguments { get; } =
    [
        .. new[] { typeof(FaissLibrary), typeof(KMeansResult), typeof(FaissIndex) }
            .SelectMany(type => type.Assembly.GetExportedTypes())
            .Where(type => type.Namespace == nameof(FaissSdk))
            .SelectMany(type => Methods(type).SelectMany(method => method.GetParameters().Where(CanBeWrong).Select(parameter => (Signature(method), parameter.Name!))))
            .Distinct(),
    ];

    // The compiler writes the members of records, such as Deconstruct.
    private static IEnumerable<MethodBase> Methods(Type type) => type.GetConstructors(Declared).Cast<MethodBase>()
        .Concat(type.GetMethods(Declared))
        .Where(method => !method.IsDefined(typeof(CompilerGeneratedAttribute)) && !typeof(Delegate).IsAssignableFrom(type));

    private static bool CanBeWrong(ParameterInfo parameter)
    {
        var type = parameter.ParameterType.IsByRef ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        type = Nullable.GetUnderlyingType(type) ?? type;
        return !parameter.IsOut && (type.IsEnum || type.IsArray || Numbers.Contains(type) || (type.IsGenericType && Memory.Contains(type.GetGenericTypeDefinition())));
    }

    private static string Signature(MethodBase method)
    {
        var type = method.DeclaringType!.IsNested ? $"{method.DeclaringType.DeclaringType!.Name}.{method.DeclaringType.Name}" : method.DeclaringType.Name;
        if (method.IsSpecialName && !method.IsConstructor && method.GetParameters() is [{ Name: "value" }])
        {
            return $"{type}.{method.Name[4..]}";
        }

        var parameters = string.Join(", ", method.GetParameters().Select(parameter => parameter.Name));
        return method.IsConstructor ? $"{type}({parameters})"
            : method.Name == "get_Item" ? $"{type}[{parameters}]"
            : $"{type}.{method.Name}({parameters})";
    }
}
