namespace FaissSdk;

/// <summary>
/// The micro-kernel: scores x·c − |c|²/2 (or x·c) of six points, or twelve, against one panel of centroids, never written to memory, and the
/// running best that is kept of them for each point and lane.
/// </summary>
/// <remarks>
/// All kernels add up a score in the order of the components, so that with fused multiply-add they agree bit for bit. The
/// running best of a point is <c>PanelWidth</c> best scores, as many numbers of centroids (the bits of integers) and, where
/// they are asked for, as many second best scores.
/// </remarks>
internal unsafe interface ITile
{
    /// <summary>The number of points scored at a time.</summary>
    const int Rows = 6;

    /// <summary>The number of centroids in a panel.</summary>
    static abstract int PanelWidth { get; }

    /// <summary>Whether there is <see cref="ScorePair"/>.</summary>
    static virtual bool HasPairs => false;

    /// <summary>Makes one point's running best ready for its first panel.</summary>
    /// <typeparam name="TKeep">What will be kept.</typeparam>
    static abstract void Reset<TKeep>(float* best)
        where TKeep : struct, IKeep;

    /// <summary>Scores six points against one panel.</summary>
    /// <param name="rows">The addresses of six points (d).</param>
    /// <param name="panel">The centroids.</param>
    /// <param name="dimension">d.</param>
    /// <param name="best">The running best of the six points (6 × 2 or 3 × <see cref="PanelWidth"/>).</param>
    /// <param name="ahead">What is fetched meanwhile.</param>
    /// <typeparam name="TKeep">What is kept.</typeparam>
    static abstract void Score<TKeep>(float** rows, CentroidPanel panel, int dimension, float* best, Prefetch.Run ahead)
        where TKeep : struct, IKeep;

    /// <summary>Scores twelve points against one panel.</summary>
    /// <param name="rows">The addresses of twelve points (d).</param>
    /// <param name="panel">The centroids.</param>
    /// <param name="dimension">d.</param>
    /// <param name="best">The running best of the twelve points (12 × 2 or 3 × <see cref="PanelWidth"/>).</param>
    /// <param name="ahead">What is fetched meanwhile.</param>
    /// <typeparam name="TKeep">What is kept.</typeparam>
    static virtual void ScorePair<TKeep>(float** rows, CentroidPanel panel, int dimension, float* best, Prefetch.Run ahead)
        where TKeep : struct, IKeep => throw new NotSupportedException();

    /// <summary>The best score of one point and the lowest number that has it.</summary>
    static abstract (float Score, int Number) Best(float* best);

    /// <summary>The best score of one point.</summary>
    static abstract float BestScore(float* best);

    /// <summary>The best of the scores of one point but that of the best number.</summary>
    static abstract float SecondScore(float* best, int number);
}
