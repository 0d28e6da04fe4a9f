using System.Linq.Expressions;

namespace FaissSdk.VectorData.Filters;

internal sealed partial class FilterTranslator
{
    private readonly Dictionary<Expression, bool?> _decisions = [];

    // Leaves out the conditions that are the same for all records. Conditions after the one that decides the result are not evaluated: they
    // may read a member of a value that it has found to be null.
    private void Join(BinaryExpression expression)
    {
        if (Decide(expression) is { } decision)
        {
            Literal(decision);
            return;
        }

        var parts = PartsOf(expression);
        if (IsShortCircuit(expression))
        {
            parts.RemoveAll(part => Decide(part) is not null);
        }

        Join(parts, 0, parts.Count, expression.NodeType is ExpressionType.AndAlso or ExpressionType.And ? " AND " : " OR ");
    }

    // SQLite nests a chain of one operator as deep as it has conditions, up to 1,000, so the chain is written as halves of halves.
    private void Join(List<Expression> parts, int start, int end, string operation)
    {
        if (end - start == 1)
        {
            Condition(parts[start]);
            return;
        }

        var middle = (start + end + 1) / 2;
        _sql.Append('(');
        Join(parts, start, middle, operation);
        _sql.Append(operation);
        Join(parts, middle, end, operation);
        _sql.Append(')');
    }

    // Gets the value of a condition that is the same for all records, or null.
    private bool? Decide(Expression expression)
    {
        if (!_decisions.TryGetValue(expression, out var decision))
        {
            decision = expression switch
            {
                _ when IsFree(expression) => Evaluate(expression) is true,
                UnaryExpression { NodeType: ExpressionType.Not } negation when negation.Type == typeof(bool) => !Decide(negation.Operand),
                BinaryExpression join when IsShortCircuit(join) => DecideJoin(join),
                ConditionalExpression choice when Decide(choice.Test) is { } test => Decide(test ? choice.IfTrue : choice.IfFalse),
                _ => null,
            };
            _decisions.Add(expression, decision);
        }

        return decision;
    }

    // X && false is false, and X || true is true, whatever X is: conditions in SQL have no effects.
    private bool? DecideJoin(BinaryExpression join)
    {
        var deciding = join.NodeType == ExpressionType.OrElse;
        var isOpen = false;
        foreach (var part in PartsOf(join))
        {
            var decision = Decide(part);
            if (decision == deciding)
            {
                return deciding;
            }

            isOpen |= decision is null;
        }

        return isOpen ? null : !deciding;
    }

    // Lists the conditions of a chain of one operator in their order.
    private static List<Expression> PartsOf(BinaryExpression chain)
    {
        var parts = new List<Expression>();
        var open = new Stack<Expression>([chain]);
        while (open.TryPop(out var next))
        {
            if (next is BinaryExpression join && ParameterFinder.IsJoin(join) && join.NodeType == chain.NodeType)
            {
                open.Push(join.Right);
                open.Push(join.Left);
            }
            else
            {
                parts.Add(next);
            }
        }

        return parts;
    }

    private static bool IsShortCircuit(BinaryExpression expression) =>
        expression.NodeType is ExpressionType.AndAlso or ExpressionType.OrElse && expression.Type == typeof(bool);
}
