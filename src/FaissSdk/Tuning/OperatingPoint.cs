namespace FaissSdk;

/// <summary>Represents what an index achieves with a setting of its parameters.</summary>
/// <param name="Parameters">The parameters, as <c>name=value,…</c>; empty if there are none to set.</param>
/// <param name="Recall">The recall of the search, k-recall@k, from 0 to 1.</param>
/// <param name="MicrosecondsPerQuery">The time of a query, in µs.</param>
public sealed record OperatingPoint(string Parameters, double Recall, double MicrosecondsPerQuery)
{
    /// <summary>Sets the parameters on an index.</summary>
    /// <remarks>May run concurrently with any other call on <paramref name="index"/>: later searches see the values.</remarks>
    /// <param name="index">The index.</param>
    /// <exception cref="FaissException">The kind of index has no such parameter.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void ApplyTo(FaissIndex index)
    {
        ArgumentNullException.ThrowIfNull(index);
        if (Parameters.Length > 0)
        {
            using var space = new ParameterSpace();
            space.SetIndexParameters(index, Parameters);
        }
    }
}
