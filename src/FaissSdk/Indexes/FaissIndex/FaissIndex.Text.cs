using FaissSdk.Native;

namespace FaissSdk;

/// <content>The text of an index.</content>
public abstract unsafe partial class FaissIndex
{
    private Tuple<IndexPart, string>? _name;

    /// <summary>Returns the kind of the index, as in a factory string where there is one, its dimension, number of vectors and metric: <c>HNSW32,Flat, d 384, 20,000 vectors, InnerProduct</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        if (Handle.IsDisposed)
        {
            return $"{GetType().Name}, disposed";
        }

        try
        {
            return IndexText.Of(Name(), Dimension, Count, IsTrained) + ", " + Metric;
        }
        catch (ObjectDisposedException)
        {
            return $"{GetType().Name}, disposed";
        }
    }

    private string Name()
    {
        var parts = Parts;
        var known = _name;
        if (!ReferenceEquals(known?.Item1, parts))
        {
            var name = FactoryName.Of(parts, out var isWhole);
            _name = known = Tuple.Create(parts, isWhole || Description is null ? name : Description);
        }

        return known.Item2;
    }
}
