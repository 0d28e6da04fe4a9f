namespace FaissSdk;

/// <summary>Centroids transposed in panels, so that one load holds one component of many; what pads the last panel scores −∞ and never wins.</summary>
internal sealed unsafe class CentroidPanels
{
    private readonly AlignedBuffer<float> _panels;
    private readonly AlignedBuffer<float> _starts;
    private readonly AlignedBuffer<int> _numbers;

    public CentroidPanels(int clusters, int dimension, int width)
    {
        Count = (clusters + width - 1) / width;
        Width = width;
        Dimension = dimension;
        _panels = new AlignedBuffer<float>((long)Count * width * dimension);
        _starts = new AlignedBuffer<float>((long)Count * width);
        _numbers = new AlignedBuffer<int>((long)Count * width);
    }

    public int Count { get; }

    public int Width { get; }

    public int Dimension { get; }

    public float* Panel(int index) => _panels.Pointer + ((long)index * Width * Dimension);

    public float* Starts(int index) => _starts.Pointer + ((long)index * Width);

    public int* Numbers(int index) => _numbers.Pointer + ((long)index * Width);

    /// <summary>Takes centroids (k × d) in their own order.</summary>
    public void Pack(ReadOnlySpan<float> centroids, bool spherical) => Pack(centroids, spherical, []);

    /// <summary>Takes centroids (k × d) in an order of the caller's, which has −1 for no centroid and ascends in each lane of a panel.</summary>
    public void Pack(ReadOnlySpan<float> centroids, bool spherical, ReadOnlySpan<int> order)
    {
        var clusters = centroids.Length / Dimension;
        for (var slot = 0; slot < Count * Width; slot++)
        {
            var number = order.IsEmpty ? (slot < clusters ? slot : -1) : order[slot];
            var column = Panel(slot / Width) + (slot % Width);
            _numbers.Pointer[slot] = number < 0 ? int.MaxValue : number;
            _starts.Pointer[slot] = number < 0 ? float.NegativeInfinity : spherical ? 0 : VectorNorms.Start(centroids.Slice(number * Dimension, Dimension));
            for (var j = 0; j < Dimension; j++)
            {
                column[(long)j * Width] = number < 0 ? 0 : centroids[(number * Dimension) + j];
            }
        }
    }
}
