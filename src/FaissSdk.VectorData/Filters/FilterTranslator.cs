using System.Linq.Expressions;
using System.Text;
using FaissSdk.VectorData.Collections;

namespace FaissSdk.VectorData.Filters;

/// <summary>Translates a filter to SQL with the semantics of C#.</summary>
/// <remarks>
/// Every condition is true, false or null; null stands for false, as WHERE, AND and OR treat it. A negation makes it true again:
/// <c>(condition) IS NOT 1</c>. Equality is <c>IS</c>, which compares nulls as C# does.
/// </remarks>
internal sealed partial class FilterTranslator
{
    private readonly CollectionSchema _schema;
    private readonly ParameterExpression _record;
    private readonly Dictionary<ParameterExpression, Operand> _elements = [];
    private readonly StringBuilder _sql = new();
    private readonly List<object?> _parameters = [];
    private int _lists;

    private FilterTranslator(CollectionSchema schema, ParameterExpression record)
    {
        _schema = schema;
        _record = record;
    }

    /// <summary>Translates a filter.</summary>
    /// <exception cref="NotSupportedException">A part of the filter cannot be translated to SQL.</exception>
    public static SqlFilter Translate(LambdaExpression filter, CollectionSchema schema)
    {
        var translator = new FilterTranslator(schema, filter.Parameters[0]);
        translator.Condition(filter.Body);
        return new SqlFilter(translator._sql.ToString(), [.. translator._parameters]);
    }

    private void Condition(Expression expression)
    {
        // C# evaluates what has one value: SQL compares two parameters as texts or numbers, not as the types of C#.
        if (IsFree(expression))
        {
            Literal(Evaluator.Evaluate(expression) is true);
            return;
        }

        switch (expression)
        {
            case BinaryExpression { NodeType: ExpressionType.AndAlso or ExpressionType.And } both when both.Type == typeof(bool):
                Join(both, " AND ");
                return;
            case BinaryExpression { NodeType: ExpressionType.OrElse or ExpressionType.Or } either when either.Type == typeof(bool):
                Join(either, " OR ");
                return;
            case UnaryExpression { NodeType: ExpressionType.Not } negation when negation.Type == typeof(bool):
                _sql.Append("((");
                Condition(negation.Operand);
                _sql.Append(") IS NOT 1)");
                return;
            case BinaryExpression { NodeType: ExpressionType.Equal or ExpressionType.NotEqual } equality:
                Equality(equality.Left, equality.Right, equality.NodeType == ExpressionType.Equal, equality);
                return;
            case BinaryExpression { NodeType: ExpressionType.LessThan or ExpressionType.LessThanOrEqual or ExpressionType.GreaterThan or ExpressionType.GreaterThanOrEqual } comparison:
                Order(comparison);
                return;
            case ConditionalExpression choice when IsFree(choice.Test):
                Condition(Evaluator.Evaluate(choice.Test) is true ? choice.IfTrue : choice.IfFalse);
                return;
            case ConditionalExpression choice:
                _sql.Append("(CASE WHEN ");
                Condition(choice.Test);
                _sql.Append(" THEN ");
                Condition(choice.IfTrue);
                _sql.Append(" ELSE ");
                Condition(choice.IfFalse);
                _sql.Append(" END)");
                return;
            case MethodCallExpression call when TryCall(call):
                return;
            case MemberExpression { Member.Name: "HasValue", Expression: { } nullable } when Nullable.GetUnderlyingType(nullable.Type) is not null && Bind(nullable) is { } operand:
                _sql.Append('(').Append(operand.Sql).Append(" IS NOT NULL)");
                return;
        }

        if (Bind(expression) is { } column && column.Type == typeof(bool))
        {
            _sql.Append('(').Append(column.Sql).Append(" = 1)");
        }
        else
        {
            throw Unsupported(expression);
        }
    }

    private void Join(BinaryExpression expression, string operation)
    {
        if (IsShortCircuit(expression) && Decide(expression.Left) is { } left)
        {
            // The right side may read a member of what the left side has found to be null.
            if (left == (expression.NodeType == ExpressionType.OrElse))
            {
                Literal(left);
            }
            else
            {
                Condition(expression.Right);
            }

            return;
        }

        _sql.Append('(');
        Condition(expression.Left);
        _sql.Append(operation);
        Condition(expression.Right);
        _sql.Append(')');
    }

    // Gets the value of a condition that is the same for all records, or null.
    private static bool? Decide(Expression expression) => expression switch
    {
        _ when IsFree(expression) => Evaluator.Evaluate(expression) is true,
        UnaryExpression { NodeType: ExpressionType.Not } negation when negation.Type == typeof(bool) => !Decide(negation.Operand),
        BinaryExpression join when IsShortCircuit(join) && Decide(join.Left) is { } left => left == (join.NodeType == ExpressionType.OrElse) ? left : Decide(join.Right),
        _ => null,
    };

    private static bool IsShortCircuit(BinaryExpression expression) =>
        expression.NodeType is ExpressionType.AndAlso or ExpressionType.OrElse && expression.Type == typeof(bool);

    private void Literal(bool value) => _sql.Append(value ? '1' : '0');

    private void Equality(Expression left, Expression right, bool equal, Expression whole)
    {
        (var x, var y) = Operands(left, right);
        if (x is null || y is null)
        {
            if (left.Type == typeof(bool) && right.Type == typeof(bool))
            {
                // Two conditions, such as r.IsNew == (r.Price > 3).
                _sql.Append("(((");
                Condition(left);
                _sql.Append(") IS 1) ").Append(equal ? "=" : "<>").Append(" ((");
                Condition(right);
                _sql.Append(") IS 1))");
                return;
            }

            throw Unsupported(whole);
        }

        if (x.Sql is null && y.Sql is null)
        {
            Literal(Equals(x.Value, y.Value) == equal);
            return;
        }

        CheckComparable(x, y, whole);
        _sql.Append('(');
        Write(x, y);
        _sql.Append(equal ? " IS " : " IS NOT ");
        Write(y, x);
        _sql.Append(')');
    }

    private void Order(BinaryExpression expression)
    {
        (var x, var y) = Operands(expression.Left, expression.Right);
        if (x is null || y is null)
        {
            throw Unsupported(expression);
        }

        CheckComparable(x, y, expression);
        var type = (x.Type ?? y.Type)!;
        if (type == typeof(bool) || type == typeof(string))
        {
            throw Unsupported(expression);
        }

        _sql.Append('(');
        Write(x, y);
        _sql.Append(expression.NodeType switch
        {
            ExpressionType.LessThan => " < ",
            ExpressionType.LessThanOrEqual => " <= ",
            ExpressionType.GreaterThan => " > ",
            _ => " >= ",
        });
        Write(y, x);
        _sql.Append(')');
    }

    private (Operand? X, Operand? Y) Operands(Expression left, Expression right) => (ToOperand(left), ToOperand(right));

    private Operand? ToOperand(Expression expression) =>
        IsFree(expression) ? Operand.OfValue(Evaluator.Evaluate(expression)) : Bind(expression);

    private void Write(Operand operand, Operand other)
    {
        if (operand.Sql is { } sql)
        {
            _sql.Append(sql);
            return;
        }

        Parameter(StoredValue.Of(operand.Value, other.Type));
    }

    private void Parameter(object? stored)
    {
        if (stored is null)
        {
            _sql.Append("NULL");
        }
        else
        {
            _sql.Append('?');
            _parameters.Add(stored);
        }
    }

    private void CheckComparable(Operand x, Operand y, Expression whole)
    {
        Type? left = x.Type ?? (x.Value is null ? null : x.Value.GetType()), right = y.Type ?? (y.Value is null ? null : y.Value.GetType());
        if (left is not null && right is not null && left != right && !StoredValue.AreComparable(left, right))
        {
            throw Unsupported(whole);
        }

        if (x.IsList || y.IsList)
        {
            // Lists can be compared only with null.
            if (x.Sql is not null && y.Sql is not null || (x.Value ?? y.Value) is not null)
            {
                throw Unsupported(whole);
            }
        }
    }

    // Whether the expression contains neither the record nor an element of its lists, so that it has one value.
    private static bool IsFree(Expression expression) => !ParameterFinder.Contains(expression);

    private NotSupportedException Unsupported(Expression part) =>
        new($"The filter contains '{part}', which is not translated to SQL. Supported are comparisons of properties with values and with each other, &&, ||, !, Contains and Any over arrays and lists, string.Contains, and StartsWith and EndsWith with StringComparison.Ordinal. Filter by these, and the rest in the results of '{_schema.Name}'.");
}
