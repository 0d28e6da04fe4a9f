using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;

namespace FaissSdk.VectorData.Filters;

/// <summary>Recognizes the calls that test whether a list contains an item.</summary>
internal static class ContainsCall
{
    public static bool TryMatch(MethodCallExpression call, [NotNullWhen(true)] out Expression? source, [NotNullWhen(true)] out Expression? item)
    {
        (source, item) = (null, null);
        if (call.Method.Name != "Contains")
        {
            return false;
        }

        switch (call)
        {
            case { Object: { } list, Arguments: [var one] } when typeof(IEnumerable).IsAssignableFrom(list.Type):
                (source, item) = (list, one);
                return true;
            case { Object: null, Arguments: [var sequence, var one] } when call.Method.DeclaringType == typeof(Enumerable):
                (source, item) = (sequence, one);
                return true;
            case { Object: null, Arguments: [var span, var one, ..] } when call.Method.DeclaringType == typeof(MemoryExtensions) && HasNoComparer(call) && Unwrap(span) is { } array:
                (source, item) = (array, one);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Gets the values of a list that compares them as SQL does, or null if it does not.</summary>
    public static IEnumerable? ValuesOf(object? list) => list switch
    {
        Array array => array,
        HashSet<string> set => set.Comparer.Equals(EqualityComparer<string>.Default) || set.Comparer.Equals(StringComparer.Ordinal) ? set : null,
        IEnumerable values when values.GetType() is { IsGenericType: true } type && (type.GetGenericTypeDefinition() == typeof(List<>) || (type.GetGenericTypeDefinition() == typeof(HashSet<>) && type.GenericTypeArguments[0].IsPrimitive)) => values,
        HashSet<Guid> set => set,
        _ => null,
    };

    private static bool HasNoComparer(MethodCallExpression call) =>
        call.Arguments.Count == 2 || call.Arguments[2] is ConstantExpression { Value: null };

    // The compiler wraps an array in a span.
    private static Expression? Unwrap(Expression span)
    {
        var inner = span switch
        {
            MethodCallExpression { Method.Name: "op_Implicit", Arguments: [var argument] } => argument,
            UnaryExpression { NodeType: ExpressionType.Convert } convert => convert.Operand,
            _ => null,
        };

        while (inner is UnaryExpression { NodeType: ExpressionType.Convert, Method: null } convert && convert.Type.IsArray && convert.Operand.Type.IsArray)
        {
            inner = convert.Operand;
        }

        return inner;
    }
}
