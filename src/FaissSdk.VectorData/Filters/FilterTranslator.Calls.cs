using System.Collections;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using FaissSdk.VectorData.Storage;

namespace FaissSdk.VectorData.Filters;

internal sealed partial class FilterTranslator
{
    // A list with more values becomes one parameter.
    private const int MaxParameters = 100;

    private bool TryCall(MethodCallExpression call)
    {
        switch (call)
        {
            case { Method.Name: "Equals", Object: { } instance, Arguments: [var other] }:
                Equality(instance, other, equal: true, call, TakesObject(call.Method));
                return true;
            case { Method.Name: "Equals", Object: null, Arguments: [var left, var right] } when IsEquality(call.Method):
                Equality(left, right, equal: true, call, TakesObject(call.Method));
                return true;
            case { Method.Name: "IsNullOrEmpty", Arguments: [var text] } when call.Method.DeclaringType == typeof(string) && Bind(text) is { } column:
                _sql.Append("(coalesce(");
                Append(column);
                _sql.Append(", '') = '')");
                return true;
        }

        return call.Method.DeclaringType == typeof(string) && call.Object is not null ? TryText(call)
            : ContainsCall.TryMatch(call, out var source, out var item) ? Contains(source, item, call)
            : call.Method.Name == nameof(Enumerable.Any) && call.Method.DeclaringType == typeof(Enumerable) && Any(call);
    }

    private static bool TakesObject(MethodInfo method) => method.GetParameters()[0].ParameterType == typeof(object);

    // Static methods of other classes may compare otherwise.
    private static bool IsEquality(MethodInfo method) =>
        method.DeclaringType is { } type
        && (type == typeof(object) || type == typeof(Nullable) || (ColumnType.Find(type) is { ElementType: null } && method.GetParameters()[0].ParameterType == type));

    // Translates the methods of strings that compare by code units; a null string contains nothing.
    private bool TryText(MethodCallExpression call)
    {
        if (Bind(call.Object!) is not { IsList: false } column || column.Type != typeof(string) || !IsFree(call.Arguments[0]))
        {
            return false;
        }

        var part = Evaluate(call.Arguments[0]) switch { string text => text, char character => character.ToString(), _ => null };
        var isOrdinal = call.Arguments.Count == 2 && IsFree(call.Arguments[1]) && Evaluate(call.Arguments[1]) is StringComparison.Ordinal;
        var isCharacter = call.Arguments[0].Type == typeof(char) && call.Arguments.Count == 1;
        if (part is null)
        {
            return false;
        }

        if (SurrogateText.FindHalf(part) >= 0)
        {
            throw new NotSupportedException($"The filter contains '{ExpressionText.Of(call)}', which searches for half of a surrogate pair. Texts are stored in UTF-8, which encodes pairs as a whole. Search for the pair.");
        }

        switch (call.Method.Name)
        {
            case "Contains" when isOrdinal || call.Arguments.Count == 1:
                _sql.Append("(instr(");
                Append(column);
                _sql.Append(", ");
                Parameter(part);
                _sql.Append(") > 0)");
                return true;
            case "StartsWith" or "EndsWith" when part.Length == 0 && isOrdinal:
                _sql.Append('(');
                Append(column);
                _sql.Append(" IS NOT NULL)");
                return true;
            case "StartsWith" when isOrdinal || isCharacter:
                ComparePart(column, part, ", 1, ");
                return true;
            case "EndsWith" when isOrdinal || isCharacter:
                ComparePart(column, part, ", -");
                return true;
            default:
                return false;
        }
    }

    // Compares bytes: of texts, SQL's length and substr stop at U+0000.
    private void ComparePart(Operand column, string part, string bounds)
    {
        _sql.Append("(substr(CAST(");
        Append(column);
        _sql.Append(" AS BLOB)").Append(bounds).Append(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(part)}) = CAST(");
        Parameter(part);
        _sql.Append(" AS BLOB))");
    }

    private bool Contains(Expression source, Expression item, Expression whole)
    {
        if (IsFree(source))
        {
            var operand = ToOperand(item);
            if (operand is not { Sql: not null, IsList: false })
            {
                return false;
            }

            In(operand, ContainsCall.ValuesOf(Evaluate(source)) ?? throw Unsupported(whole), whole, item.Type == typeof(object) ? BoxedType(item, operand) : null);
            return true;
        }

        if (source is NewArrayExpression array && ToOperand(item) is { IsList: false } searched)
        {
            _sql.Append('(');
            for (var i = 0; i < array.Expressions.Count; i++)
            {
                _sql.Append(i == 0 ? "" : " OR ");
                Equality(item, array.Expressions[i], equal: true, whole, isBoxed: item.Type == typeof(object));
            }

            _sql.Append(array.Expressions.Count == 0 ? "0)" : ")");
            return searched is not null;
        }

        if (Bind(source) is not { IsList: true } list)
        {
            return false;
        }

        var element = OpenList(list, whole);
        var wanted = ToOperand(item) ?? throw Unsupported(whole);
        CheckComparable(element, wanted, whole);
        _sql.Append(element.Sql).Append(" IS ");
        Write(wanted, element);
        _sql.Append("))");
        return true;
    }

    private bool Any(MethodCallExpression call)
    {
        if (Bind(call.Arguments[0]) is not { IsList: true } list)
        {
            return false;
        }

        if (call.Arguments.Count == 1)
        {
            _sql.Append("(json_array_length(").Append(list.Sql).Append(") > 0)");
            return true;
        }

        if (call.Arguments[1] is not LambdaExpression { Parameters: [var parameter] } lambda)
        {
            return false;
        }

        _elements.Add(parameter, OpenList(list, call));
        Condition(lambda.Body);
        _sql.Append("))");
        _elements.Remove(parameter);
        return true;
    }

    // Starts a condition over the elements of a list; two parentheses close it.
    private Operand OpenList(Operand list, Expression whole)
    {
        // Elements of these types are equal in JSON where they are equal in C#.
        var type = list.ElementType!;
        if (type != typeof(string) && type != typeof(bool) && type != typeof(Guid) && type != typeof(byte) && type != typeof(short) && type != typeof(int) && type != typeof(long))
        {
            throw Unsupported(whole);
        }

        var alias = string.Create(CultureInfo.InvariantCulture, $"e{_lists++}");
        _sql.Append("(EXISTS (SELECT 1 FROM json_each(").Append(list.Sql).Append(") AS ").Append(alias).Append(" WHERE ");
        return new Operand(alias + ".value", type, null);
    }

    /// <param name="column">The column or element.</param>
    /// <param name="values">The values, one of which it has to equal.</param>
    /// <param name="whole">The call.</param>
    /// <param name="boxedType">The only type of values that it can equal if it is compared as an object, or <see langword="null"/>.</param>
    private void In(Operand column, IEnumerable values, Expression whole, Type? boxedType)
    {
        var stored = new List<object>();
        var hasNull = false;
        foreach (var value in values)
        {
            if (StoredValue.IsNaN(value) || (boxedType is not null && value is not null && value.GetType() != boxedType))
            {
                continue;
            }

            CheckComparable(column, Operand.OfValue(value), whole);
            if (StoredValue.Of(value, column.Type) is { } one)
            {
                stored.Add(one);
            }
            else
            {
                hasNull = true;
            }
        }

        _sql.Append('(');
        Append(column);
        _sql.Append(" IN (");
        // SQLite's JSON cuts texts at U+0000, and .NET's replaces halves of surrogate pairs.
        if (stored.Count > MaxParameters && stored.TrueForAll(value => value is long || (value is string text && !text.Contains('\0') && SurrogateText.FindHalf(text) < 0)))
        {
            _sql.Append("SELECT value FROM json_each(");
            Parameter(JsonValues.Write(stored));
            _sql.Append(')');
        }
        else
        {
            for (var i = 0; i < stored.Count; i++)
            {
                _sql.Append(i == 0 ? "" : ", ");
                Parameter(stored[i]);
            }
        }

        _sql.Append(')');
        if (hasNull)
        {
            _sql.Append(" OR ");
            Append(column);
            _sql.Append(" IS NULL");
        }

        _sql.Append(')');
    }
}
