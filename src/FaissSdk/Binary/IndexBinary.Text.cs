using FaissSdk.Native;

namespace FaissSdk;

/// <content>The text of an index.</content>
public abstract unsafe partial class IndexBinary
{
    /// <summary>Returns the kind of the index, as in a factory string where there is one, its number of bits and of vectors: <c>BHNSW32, d 256, 20,000 vectors</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString()
    {
        if (Handle.IsDisposed)
        {
            return $"{GetType().Name}, disposed";
        }

        try
        {
            return IndexText.Of(FactoryName.Of(Parts, out _), Dimension, Count, IsTrained);
        }
        catch (ObjectDisposedException)
        {
            return $"{GetType().Name}, disposed";
        }
    }
}
