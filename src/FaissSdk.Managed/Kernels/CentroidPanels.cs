namespace FaissSdk;

/// <summary>Centroids transposed in panels, so that one load holds one component of many; what pads the last panel scores −∞ and never wins.</summary>
internal sealed unsafe class CentroidPanels
{
    private readonly AlignedBuffer<float> _panels;
    private readonly AlignedBuffer<float> _starts;
    private readonly AlignedBuffer<int> _numbers;

    /// <param name="clusters">k.</param>
    /// <param name="dimension">d.</param>
    /// <param name="width">The centroids of a panel.</param>
    /// <param name="fewest">The least number of panels; those beyond the centroids are empty.</param>
    /// <param name="quantized">The same centroids as integers, filled by <see cref="Pack"/>; or null.</param>
    public CentroidPanels(int clusters, int dimension, int width, int fewest = 1, QuantizedCentroids? quantized = null)
    {
        Quantized = quantized;
        Count = Math.Max(fewest, (clusters + width - 1) / width);
        Width = width;
        Dimension = dimension;
        _panels = new AlignedBuffer<float>((long)Count * width * dimension);
        _starts = new AlignedBuffer<float>((long)Count * width);
        _numbers = new AlignedBuffer<int>((long)Count * width);
    }

    public int Count { get; }

    public int Width { get; }

    public int Dimension { get; }

    /// <summary>The same centroids as integers; or null.</summary>
    public QuantizedCentroids? Quantized { get; }

    /// <summary>−|c|²/2, or 0, of each centroid (k).</summary>
    public float* Starts => _starts.Pointer;

    public CentroidPanel this[int index] => new()
    {
        Components = _panels.Pointer + ((long)index * Width * Dimension),
        Starts = _starts.Pointer + ((long)index * Width),
        Numbers = _numbers.Pointer + ((long)index * Width),
    };

    /// <summary>Takes centroids (k × d).</summary>
    public void Pack(ReadOnlySpan<float> centroids, bool spherical)
    {
        var clusters = centroids.Length / Dimension;
        for (var slot = 0; slot < Count * Width; slot++)
        {
            var column = _panels.Pointer + ((long)(slot / Width) * Width * Dimension) + (slot % Width);
            _numbers.Pointer[slot] = slot;
            if (slot < clusters)
            {
                var centroid = centroids.Slice(slot * Dimension, Dimension);
                _starts.Pointer[slot] = spherical ? 0 : VectorNorms.Start(centroid);
                for (var j = 0; j < Dimension; j++)
                {
                    column[(long)j * Width] = centroid[j];
                }
            }
            else
            {
                _starts.Pointer[slot] = float.NegativeInfinity;
                for (var j = 0; j < Dimension; j++)
                {
                    column[(long)j * Width] = 0;
                }
            }
        }

        Quantized?.Pack(centroids, Starts);
    }
}
