namespace FaissSdk;

/// <summary>Searches by integer scores with one micro-kernel; see <see cref="CandidateSearch{TTile}"/>.</summary>
internal abstract unsafe class IntegerKernel
{
    private protected IntegerKernel(string name, int rows, int panelWidth, IntegerFormat format)
    {
        Name = name;
        Rows = rows;
        PanelWidth = panelWidth;
        Format = format;
    }

    /// <summary>Gets the kernels that this processor supports, the fastest first.</summary>
    public static IReadOnlyList<IntegerKernel> All { get; } = Supported();

    /// <summary>Gets the fastest kernel that this processor supports, or null.</summary>
    public static IntegerKernel? Fastest => All.Count > 0 ? All[0] : null;

    /// <summary>Gets the fastest kernel of 16-bit components, or null.</summary>
    public static IntegerKernel? FastestOfPairs => All.FirstOrDefault(kernel => !kernel.Format.IsBytes);

    public string Name { get; }

    /// <summary>Gets the number of points scored at a time.</summary>
    public int Rows { get; }

    public int PanelWidth { get; }

    public IntegerFormat Format { get; }

    /// <summary>Finds the nearest centroid of each point and its score, except for points that integer scores leave undecided.</summary>
    public abstract int Find(QuantizedCentroids quantized, in SearchBuffers buffers, float* starts, int start, int count, int* undecided);

    /// <summary>Scores points against one panel; see <see cref="IIntegerTile"/>.</summary>
    public abstract void Score(int* points, int words, ScoreUnits* units, IntegerPanel panel, int* thresholds, int* scores, uint* masks);

    /// <summary>Finds nearest centroids by scores in few directions.</summary>
    public abstract int Find(ProjectedCentroids projected, QuantizedCentroids quantized, in SearchBuffers buffers, float* starts, int start, int count, int* undecided);

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
internal sealed unsafe class IntegerKernel<TTile>(string name) : IntegerKernel(name, TTile.Rows, TTile.PanelWidth, TTile.Format)
    where TTile : struct, IIntegerTile
{
    public override int Find(QuantizedCentroids quantized, in SearchBuffers buffers, float* starts, int start, int count, int* undecided) =>
        CandidateSearch<TTile>.Find(quantized, buffers, starts, start, count, undecided);

    public override int Find(ProjectedCentroids projected, QuantizedCentroids quantized, in SearchBuffers buffers, float* starts, int start, int count, int* undecided) =>
        CandidateSearch<TTile>.Find(projected, quantized, buffers, starts, start, count, undecided);

    public override void Score(int* points, int words, ScoreUnits* units, IntegerPanel panel, int* thresholds, int* scores, uint* masks) =>
        TTile.Score(points, words, units, panel, thresholds, scores, masks, Prefetch.Run.None(scores));
}
