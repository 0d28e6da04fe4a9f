using Orleans.Serialization;

namespace FaissSdk.Orleans.Host;

/// <summary>Counts the calls of grains, and the bytes of their arguments and results as they travel between machines.</summary>
internal sealed class Trace(Serializer serializer) : IIncomingGrainCallFilter
{
    private readonly Lock _lock = new();
    private readonly List<(string Interface, string Method, long Bytes)> _calls = [];

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        var bytes = 0L;
        for (var i = 0; i < context.Request.GetArgumentCount(); i++)
        {
            bytes += context.Request.GetArgument(i) is { } argument and not CancellationToken ? serializer.SerializeToArray(argument).Length : 0;
        }

        await context.Invoke();
        bytes += context.Result is { } result ? serializer.SerializeToArray(result).Length : 0;
        lock (_lock)
        {
            _calls.Add((context.InterfaceName, context.MethodName, bytes));
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _calls.Clear();
        }
    }

    /// <summary>Returns the number of calls of a grain, and their bytes.</summary>
    public (int Calls, long Bytes) Of(string name, string method)
    {
        lock (_lock)
        {
            var found = _calls.Where(call => call.Interface.EndsWith(name, StringComparison.Ordinal) && call.Method == method).ToArray();
            return (found.Length, found.Sum(call => call.Bytes));
        }
    }
}
