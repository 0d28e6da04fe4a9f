using System.Reflection;
using System.Runtime.ExceptionServices;

namespace FaissSdk.Tests.Sizes;

/// <summary>A call of a public member with one extreme number.</summary>
/// <param name="Name">What is called, with the number.</param>
/// <param name="Call">The call.</param>
/// <param name="Documented">The exceptions that the member documents.</param>
internal sealed record ExtremeCase(string Name, Action Call, IReadOnlyList<Type> Documented)
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly string[] Parameters = ["nprobe", "efSearch", "efConstruction", "k_factor", "k_factor_rf", "ht", "max_codes", "quantizer_nprobe", "quantizer_efSearch", "verbose"];

    /// <summary>Lists all calls, always in the same order.</summary>
    public static IReadOnlyList<ExtremeCase> All()
    {
        var documentation = new DocumentedExceptions();
        return
        [
            .. new[] { typeof(FaissIndex), typeof(FaissThreads), typeof(KMeansResult) }.SelectMany(type => type.Assembly.GetExportedTypes())
                .Where(type => type.Namespace == nameof(FaissSdk) && !type.IsInterface && !typeof(Delegate).IsAssignableFrom(type))
                .OrderBy(type => type.FullName, StringComparer.Ordinal)
                .SelectMany(type => Members(type).SelectMany(member => Cases(member, documentation))),
            .. SpanCases.All(documentation),
            .. NamedParameters(documentation),
        ];
    }

    /// <summary>Returns whether reflection can call a member.</summary>
    public static bool IsCallable(MethodBase member) => (member as MethodInfo)?.ReturnType.IsByRefLike != true && member.GetParameters().All(parameter => !parameter.ParameterType.IsByRefLike && !parameter.ParameterType.IsByRef);

    private static IEnumerable<MethodBase> Members(Type type) => type.GetConstructors(Declared).Where(_ => !type.IsAbstract).Cast<MethodBase>()
        .Concat(type.GetMethods(Declared).Where(method => method.Name is not ("Deconstruct" or "Equals" or "PrintMembers") && !method.Name.StartsWith("op_", StringComparison.Ordinal)))
        .Where(member => !member.IsGenericMethod && member.DeclaringType == type);

    private static IEnumerable<ExtremeCase> Cases(MethodBase member, DocumentedExceptions documentation)
    {
        if (!IsCallable(member))
        {
            yield break;
        }

        IEnumerable<(string Name, Func<object?> Create)> none = [("", () => null)];
        var targets = member.IsConstructor || member.IsStatic ? none : ExtremeTargets.Of(member.DeclaringType!).Select(target => (target.Name, (Func<object?>)target.Create));
        foreach (var (name, create) in targets)
        {
            foreach (var parameter in member.GetParameters())
            {
                foreach (var value in ExtremeValues.Of(parameter.ParameterType))
                {
                    yield return new ExtremeCase(
                        $"{name} {member.DeclaringType!.Name}.{member.Name}({parameter.Name}: {value})", () => Invoke(member, create, parameter, value), documentation.Of(member));
                }
            }
        }
    }

    private static IEnumerable<ExtremeCase> NamedParameters(DocumentedExceptions documentation)
    {
        var (byNumber, byText) = (typeof(FaissIndex).GetMethod(nameof(FaissIndex.SetParameter))!, typeof(ParameterSpace).GetMethod(nameof(ParameterSpace.SetIndexParameters), [typeof(FaissIndex), typeof(string)])!);
        var create = ExtremeTargets.Of(typeof(FaissIndex)).ToArray();
        foreach (var (index, parameter) in create.SelectMany(index => Parameters.Select(parameter => (index, parameter))))
        {
            foreach (var value in ExtremeValues.Of(typeof(double)))
            {
                yield return new ExtremeCase($"{index.Name} {parameter}={value}", () => Set(index.Create, made => made.SetParameter(parameter, (double)value)), documentation.Of(byNumber));
            }

            yield return new ExtremeCase($"{index.Name} {parameter}=2e9 as text", () => Set(index.Create, made => SetText(made, $"{parameter}=2000000000")), documentation.Of(byText));
        }
    }

    private static void SetText(FaissIndex index, string text)
    {
        using var space = new ParameterSpace();
        space.SetIndexParameters(index, text);
    }

    private static void Set(Func<object> create, Action<FaissIndex> set)
    {
        using var index = (FaissIndex)create();
        set(index);
        ExtremeTargets.Use(index);
    }

    private static void Invoke(MethodBase member, Func<object?> create, ParameterInfo parameter, object value)
    {
        object?[] arguments;
        object? target;
        try
        {
            arguments = [.. member.GetParameters().Select(other => other == parameter ? value : ExtremeTargets.Argument(other))];
            target = create();
        }
        catch (NotSupportedException)
        {
            // The loaded FAISS has no such object.
            return;
        }

        try
        {
            var result = member is ConstructorInfo constructor ? constructor.Invoke(arguments) : member.Invoke(target, arguments);
            ExtremeTargets.Use(member.IsConstructor ? result : target);
            (result as Task)?.GetAwaiter().GetResult();
            (result as IDisposable)?.Dispose();
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
        }
        finally
        {
            (target as IDisposable)?.Dispose();
            foreach (var argument in arguments)
            {
                (argument as IDisposable)?.Dispose();
            }
        }
    }
}
