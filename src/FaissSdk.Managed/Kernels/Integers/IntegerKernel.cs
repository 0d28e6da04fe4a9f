namespace FaissSdk;

/// <summary>The search by <see cref="QuantizedCentroids"/> with one micro-kernel.</summary>
internal abstract unsafe class IntegerKernel
{
    private protected IntegerKernel(string name, int panelWidth, IntegerFormat format)
    {
        Name = name;
        PanelWidth = panelWidth;
        Format = format;
    }

    /// <summary>Those that this processor has, the fastest first.</summary>
    public static IReadOnlyList<IntegerKernel> All { get; } = Supported();

    /// <summary>The fastest that this processor has; or null.</summary>
    public static IntegerKernel? Fastest => All.Count > 0 ? All[0] : null;

    /// <summary>The fastest of 16-bit components; or null.</summary>
    public static IntegerKernel? FastestOfPairs => All.FirstOrDefault(kernel => !kernel.Format.IsBytes);

    public string Name { get; }

    public int PanelWidth { get; }

    public IntegerFormat Format { get; }

    /// <summary>Finds the nearest centroid of each point and its score, but of the points for which integer scores do not tell; see <see cref="CandidateSearch{TTile}"/>.</summary>
    public abstract int Find(QuantizedCentroids quantized, float* centroids, float* starts, float* points, int count, int* labels, float* scores, int* undecided);

    /// <summary>The same by scores in few directions.</summary>
    public abstract int Find(ProjectedCentroids projected, QuantizedCentroids quantized, float* centroids, float* starts, float* points, int start, int count, int* labels, float* scores, int* undecided);

    private static List<IntegerKernel> Supported()
    {
        var kernels = new List<IntegerKernel>();
        Add<IntegerTile256<QuadProducts>>("8-bit, AVX-VNNI");
        Add<QuadTile512>("7-bit, AVX-512");
        Add<QuadTile256>("7-bit, AVX2");
        Add<PairTile512>("16-bit, AVX-512");
        Add<IntegerTile256<PairProducts>>("16-bit, AVX2");
        return kernels;

        void Add<TTile>(string name)
            where TTile : struct, IIntegerTile
        {
            if (TTile.IsSupported)
            {
                kernels.Add(new IntegerKernel<TTile>(name));
            }
        }
    }
}

/// <inheritdoc/>
/// <typeparam name="TTile">The micro-kernel.</typeparam>
internal sealed unsafe class IntegerKernel<TTile>(string name) : IntegerKernel(name, TTile.PanelWidth, TTile.Format)
    where TTile : struct, IIntegerTile
{
    public override int Find(QuantizedCentroids quantized, float* centroids, float* starts, float* points, int count, int* labels, float* scores, int* undecided) =>
        CandidateSearch<TTile>.Find(quantized, centroids, starts, points, count, labels, scores, undecided);

    public override int Find(ProjectedCentroids projected, QuantizedCentroids quantized, float* centroids, float* starts, float* points, int start, int count, int* labels, float* scores, int* undecided) =>
        CandidateSearch<TTile>.Find(projected, quantized, centroids, starts, points, start, count, labels, scores, undecided);
}
