using System.Linq.Expressions;
using System.Reflection;

namespace FaissSdk.VectorData.Filters;

/// <summary>Evaluates the parts of a filter that do not depend on the record.</summary>
internal static class Evaluator
{
    public static object? Evaluate(Expression expression)
    {
        switch (expression)
        {
            case ConstantExpression constant:
                return constant.Value;
            // Captured variables are read directly, without compiling a delegate.
            case MemberExpression { Member: FieldInfo field } member:
                return field.GetValue(member.Expression is null ? null : Evaluate(member.Expression) ?? throw new InvalidOperationException($"The filter reads '{ExpressionText.Of(member)}' of null."));
            case UnaryExpression { NodeType: ExpressionType.Convert, Method: null } convert when convert.Type.IsAssignableFrom(convert.Operand.Type):
                return Evaluate(convert.Operand);
            default:
                try
                {
                    return Expression.Lambda<Func<object?>>(Expression.Convert(expression, typeof(object))).Compile(preferInterpretation: true)();
                }
                catch (NullReferenceException exception)
                {
                    throw new InvalidOperationException($"The filter reads a member of null in '{ExpressionText.Of(expression)}'. Set what it captures, or leave the condition out.", exception);
                }
                catch (InvalidOperationException exception)
                {
                    // For example, Nullable<T>.Value of null.
                    throw new InvalidOperationException($"The filter cannot evaluate '{ExpressionText.Of(expression)}': {exception.Message} Set what it captures, or leave the condition out.", exception);
                }
        }
    }
}
