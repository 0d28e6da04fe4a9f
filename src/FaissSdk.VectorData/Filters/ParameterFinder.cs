using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;

namespace FaissSdk.VectorData.Filters;

/// <summary>Finds the parts of a filter that contain parameters which are declared outside of them, in one pass.</summary>
internal sealed class ParameterFinder : ExpressionVisitor
{
    // The translation calls itself for each level, and no exception ends a stack that overflows.
    private const int MaxDepth = 500;
    private const int Nowhere = int.MaxValue;

    // The number of lambdas around the declaration of a parameter, and the least of those of all parameters in a part.
    private readonly Dictionary<ParameterExpression, int> _levels = [];
    private readonly Dictionary<Expression, int> _outermost = [];
    private readonly HashSet<Expression> _dependent = [];
    private int _level;
    private int _depth;
    private int _current = Nowhere;

    private ParameterFinder()
    {
    }

    /// <summary>Goes through the body of a filter.</summary>
    /// <exception cref="NotSupportedException">The body is nested too deep.</exception>
    public static ParameterFinder Of(Expression body)
    {
        var finder = new ParameterFinder();
        finder.Visit(body);
        return finder;
    }

    /// <summary>Determines whether a part of the body contains such a parameter.</summary>
    public bool IsIn(Expression part) => _dependent.Contains(part);

    /// <summary>Determines whether an expression joins two conditions.</summary>
    public static bool IsJoin(BinaryExpression expression) =>
        expression.NodeType is ExpressionType.AndAlso or ExpressionType.OrElse or ExpressionType.And or ExpressionType.Or && expression.Type == typeof(bool);

    [return: NotNullIfNotNull(nameof(node))]
    public override Expression? Visit(Expression? node)
    {
        if (node is null)
        {
            return null;
        }

        if (!_outermost.TryGetValue(node, out var outermost))
        {
            if (++_depth > MaxDepth)
            {
                throw new NotSupportedException($"The filter is nested more than {MaxDepth} levels deep. Chains of one operator, such as a || b || c, are one level.");
            }

            var around = _current;
            _current = Nowhere;
            if (node is BinaryExpression join && IsJoin(join))
            {
                VisitJoins(join);
            }
            else
            {
                base.Visit(node);
            }

            outermost = _current;
            _current = around;
            _depth--;
            Add(node, outermost);
        }

        _current = Math.Min(_current, outermost);
        return node;
    }

    protected override Expression VisitParameter(ParameterExpression node)
    {
        _current = Math.Min(_current, _levels.GetValueOrDefault(node));
        return node;
    }

    protected override Expression VisitLambda<T>(Expression<T> node)
    {
        _level++;
        foreach (var parameter in node.Parameters)
        {
            _levels[parameter] = _level;
        }

        Visit(node.Body);
        _level--;
        return node;
    }

    // A chain of one operator is nested as deep as it has conditions, so it takes a loop.
    private void VisitJoins(BinaryExpression root)
    {
        var joins = new List<BinaryExpression>();
        var open = new Stack<Expression>([root]);
        while (open.TryPop(out var next))
        {
            if (next is BinaryExpression join && IsJoin(join) && join.NodeType == root.NodeType)
            {
                joins.Add(join);
                open.Push(join.Right);
                open.Push(join.Left);
            }
            else
            {
                Visit(next);
            }
        }

        for (var i = joins.Count - 1; i > 0; i--)
        {
            Add(joins[i], Math.Min(_outermost[joins[i].Left], _outermost[joins[i].Right]));
        }
    }

    private void Add(Expression node, int outermost)
    {
        _outermost[node] = outermost;
        if (outermost <= _level)
        {
            _dependent.Add(node);
        }
    }
}
