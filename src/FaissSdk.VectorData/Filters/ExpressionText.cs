using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;

namespace FaissSdk.VectorData.Filters;

/// <summary>Writes expressions for messages.</summary>
/// <remarks><see cref="Expression.ToString"/> calls itself for each level, so that a long chain would overflow the stack.</remarks>
internal sealed class ExpressionText : ExpressionVisitor
{
    private const int MaxDepth = 500;

    private int _depth;
    private bool _isTooDeep;

    private ExpressionText()
    {
    }

    public static string Of(Expression expression)
    {
        var meter = new ExpressionText();
        meter.Visit(expression);
        return meter._isTooDeep ? $"a long chain of {expression.NodeType}" : expression.ToString();
    }

    [return: NotNullIfNotNull(nameof(node))]
    public override Expression? Visit(Expression? node)
    {
        if (_depth == MaxDepth || _isTooDeep)
        {
            _isTooDeep = true;
            return node;
        }

        _depth++;
        base.Visit(node);
        _depth--;
        return node;
    }
}
