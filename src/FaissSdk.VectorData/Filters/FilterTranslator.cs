using System.Globalization;
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
    // SQLite takes 32,766 parameters, of which statements with a filter need two others.
    private const int MaxValues = 32_764;

    private readonly CollectionSchema _schema;
    private readonly ParameterExpression _record;
    private readonly ParameterFinder _parameterFinder;
    private readonly Dictionary<Expression, object?> _values = [];
    private readonly Dictionary<ParameterExpression, Operand> _elements = [];
    private readonly StringBuilder _sql = new();
    private readonly List<object?> _parameters = [];
    private int _lists;

    private FilterTranslator(CollectionSchema schema, LambdaExpression filter)
    {
        _schema = schema;
        _record = filter.Parameters[0];
        _parameterFinder = ParameterFinder.Of(filter.Body);
    }

    /// <summary>Translates a filter.</summary>
    /// <exception cref="NotSupportedException">A part of the filter cannot be translated to SQL.</exception>
    public static SqlFilter Translate(LambdaExpression filter, CollectionSchema schema)
    {
        var translator = new FilterTranslator(schema, filter);
        translator.Condition(filter.Body);
        if (translator._parameters.Count > MaxValues)
        {
            throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"The filter compares with {translator._parameters.Count} values, and SQLite takes {MaxValues}. Compare with a list by Contains, which counts as one value if its elements are integers or texts, or filter in parts."));
        }

        return new SqlFilter(translator._sql.ToString(), [.. translator._parameters]);
    }

    private void Condition(Expression expression)
    {
        // Conditions without columns are evaluated in C#, because SQL compares parameters as text or numbers, not by their C# types.
        if (IsFree(expression))
        {
            Literal(Evaluate(expression) is true);
            return;
        }

        switch (expression)
        {
            case BinaryExpression join when ParameterFinder.IsJoin(join):
                Join(join);
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
            case ConditionalExpression choice when Decide(choice.Test) is { } test:
                Condition(test ? choice.IfTrue : choice.IfFalse);
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
                _sql.Append('(');
                Append(operand);
                _sql.Append(" IS NOT NULL)");
                return;
        }

        if (Bind(expression) is { } column && column.Type == typeof(bool))
        {
            _sql.Append('(');
            Append(column);
            _sql.Append(" = 1)");
        }
        else
        {
            throw Unsupported(expression);
        }
    }

    private void Literal(bool value) => _sql.Append(value ? '1' : '0');

    /// <param name="left">The left side.</param>
    /// <param name="right">The right side.</param>
    /// <param name="equal">Whether the sides have to be equal, or different.</param>
    /// <param name="whole">The comparison.</param>
    /// <param name="isBoxed">Whether the sides are compared as objects, which are different if their types are.</param>
    private void Equality(Expression left, Expression right, bool equal, Expression whole, bool isBoxed = false)
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

        if (isBoxed && BoxedType(left, x) is { } type && BoxedType(right, y) is { } other && type != other)
        {
            // Columns may both be null, and equal then.
            if (x.Sql is not null && y.Sql is not null)
            {
                throw Unsupported(whole);
            }

            Literal(!equal);
            return;
        }

        CheckComparable(x, y, whole);
        if (StoredValue.IsNaN(x.Value) || StoredValue.IsNaN(y.Value))
        {
            Literal(!equal);
            return;
        }

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

        if (StoredValue.IsNaN(x.Value) || StoredValue.IsNaN(y.Value))
        {
            Literal(false);
            return;
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
        IsFree(expression) ? Operand.OfValue(Evaluate(expression)) : Bind(expression);

    // The type of the object that a side is compared as.
    private static Type? BoxedType(Expression expression, Operand operand)
    {
        if (operand.Sql is null)
        {
            return operand.Value?.GetType();
        }

        while (expression.Type == typeof(object) && expression is UnaryExpression { NodeType: ExpressionType.Convert } boxing)
        {
            expression = boxing.Operand;
        }

        return expression.Type == typeof(object) ? operand.Type : Nullable.GetUnderlyingType(expression.Type) ?? expression.Type;
    }

    private void Write(Operand operand, Operand other)
    {
        if (operand.Sql is not null)
        {
            Append(operand);
            return;
        }

        Parameter(StoredValue.Of(operand.Value, other.Type));
    }

    private void Append(Operand operand)
    {
        _sql.Append(operand.Sql);
        _parameters.AddRange(operand.Parameters);
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
    private bool IsFree(Expression expression) => !_parameterFinder.IsIn(expression);

    private object? Evaluate(Expression expression)
    {
        if (!_values.TryGetValue(expression, out var value))
        {
            value = Evaluator.Evaluate(expression);
            _values.Add(expression, value);
        }

        return value;
    }

    private NotSupportedException Unsupported(Expression part) =>
        new($"The filter contains '{ExpressionText.Of(part)}', which is not translated to SQL. Supported are comparisons of properties with values and with each other, &&, ||, !, Contains and Any over arrays and lists, string.Contains, and StartsWith and EndsWith with StringComparison.Ordinal. Filter by these, and the rest in the results of '{_schema.Name}'.");
}
