using FaissSdk.Native;

namespace FaissSdk.Cli;

/// <summary>Represents an index of vectors of numbers.</summary>
internal sealed class SearchedVectorIndex(FaissIndex index) : SearchedIndex
{
    public FaissIndex Index => index;

    public override int Components => index.Dimension;

    public override long Count => index.Count;

    public override bool IsTrained => index.IsTrained;

    protected override IEnumerable<string> ParameterNames => ParameterSpace.RangesOf(index).Select(range => range.Name);

    public override string ToString() => index.ToString();

    public override Action? Remember(IReadOnlyCollection<string> names)
    {
        try
        {
            var values = names.Select(name => (Name: name, Value: index.GetParameter(name))).ToArray();
            return () => Array.ForEach(values, each => ParameterValues.Restore(index, each.Name, each.Value));
        }
        catch (Exception e) when (e is NotSupportedException or ArgumentException)
        {
            return null;
        }
    }

    public override SearchResult Search(VectorSet queries, int k, CancellationToken cancellationToken) => index.Search(queries.Values, k, null, cancellationToken);

    public override Action<int> SearchOne(VectorSet queries, int k)
    {
        var (distances, ids) = (new float[k], new long[k]);
        return i => index.Search(queries.Vector(i), k, distances, ids, CancellationToken.None);
    }

    public override GroundTruth SearchExactly(VectorSet vectors, VectorSet queries, int k, CancellationToken cancellationToken)
    {
        // Indexes by cosine scale vectors and queries to length 1; an ID map around them changes nothing about that.
        var name = index.ToString();
        var inner = name.StartsWith("IDMap", StringComparison.Ordinal) ? name[(name.IndexOf(',', StringComparison.Ordinal) + 1)..] : name;
        var isCosine = inner.StartsWith("L2norm,", StringComparison.Ordinal);
        float[] Scaled(VectorSet set) => isCosine ? VectorMath.Normalized(set.Values, set.Dimension) : set.Values;
        return GroundTruth.Compute(Scaled(vectors), Scaled(queries), queries.Dimension, k, index.Metric, cancellationToken);
    }

    protected override void Dispose(bool disposing) => index.Dispose();

    protected override void Set(string parameters)
    {
        using var space = new ParameterSpace();
        space.SetIndexParameters(index, parameters);
    }
}
