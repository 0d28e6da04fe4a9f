using System.Linq.Expressions;
using FaissSdk.VectorData.Collections;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace FaissSdk.VectorData.Filters;

internal sealed partial class FilterTranslator
{
    /// <summary>Finds the column or the list element that an expression stands for, through conversions that preserve its value.</summary>
    private Operand? Bind(Expression expression)
    {
        switch (expression)
        {
            case UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked, Method: null } convert when Bind(convert.Operand) is { } operand:
                return Convert(operand, convert);
            case MemberExpression { Member.Name: "Value", Expression: { } nullable } when Nullable.GetUnderlyingType(nullable.Type) is not null:
                return Bind(nullable);
            case ParameterExpression parameter when _elements.TryGetValue(parameter, out var element):
                return element;
            case BinaryExpression { NodeType: ExpressionType.Coalesce, Conversion: null } coalesce when Bind(coalesce.Left) is { IsList: false } operand && IsFree(coalesce.Right):
                return Coalesce(operand, Evaluate(coalesce.Right));
            case MemberExpression member when member.Expression == _record:
                return Column(member.Member.Name, member.Type);
            case MethodCallExpression { Method.Name: "get_Item", Arguments: [var argument] } call when call.Object == _record && IsFree(argument) && Evaluate(argument) is string name:
                return Column(name, null);
            default:
                return null;
        }
    }

    private Operand Column(string name, Type? type)
    {
        if (!_schema.Model.PropertyMap.TryGetValue(name, out var property))
        {
            throw new InvalidOperationException($"The filter names the property '{name}', which is not a property of the definition of '{_schema.Name}'.");
        }

        if (property is VectorPropertyModel)
        {
            throw new NotSupportedException($"The filter names the vector property '{name}'; filters are for the key and for data properties.");
        }

        DataColumn column = property is KeyPropertyModel ? _schema.Key : _schema.Columns.First(column => column.Property == property);
        return new Operand(DataColumn.Alias + "." + column.Sql, column.Type.Type, column.Type.ElementType);
    }

    // Conversions of integers to wider ones, and of numbers to double where that is exact, do not change a comparison.
    private static Operand? Convert(Operand operand, UnaryExpression convert)
    {
        var target = Nullable.GetUnderlyingType(convert.Type) ?? convert.Type;
        if (target == typeof(object) || target == operand.Type || StoredValue.Widens(operand.Type!, target) || (operand.IsList && target.IsAssignableFrom(operand.Type)))
        {
            return operand;
        }

        return convert.Operand.Type == typeof(object)
            ? throw new InvalidCastException($"The filter casts '{convert.Operand}' to {target.Name}, and the property is of type {operand.Type!.Name}.")
            : null;
    }

    // The result of a SQL function loses the collation by which decimals are compared, and SQL has no NaN.
    private static Operand? Coalesce(Operand operand, object? value) =>
        operand.Type == typeof(decimal) || StoredValue.IsNaN(value) ? null
        : StoredValue.Of(value, operand.Type) is { } stored ? operand with { Sql = $"coalesce({operand.Sql}, ?)", Parameters = [.. operand.Parameters, stored] }
        : operand;
}
