namespace FaissSdk;

/// <summary>
/// Represents a micro-kernel, which scores six or twelve points against one panel of centroids, x·c − |c|²/2 or x·c, without writing the scores to memory, and updates
/// the running best of each point and lane.
/// </summary>
/// <remarks>
/// All kernels add up a score in the order of the components, so that with fused multiply-add they agree bit for bit. The
/// running best of a point consists of <c>PanelWidth</c> best scores, as many numbers of centroids (the bits of integers) and,
/// with <see cref="KeepTwo"/>, as many second best scores.
/// </remarks>
internal unsafe interface ITile
{
    /// <summary>The number of points scored at a time.</summary>
    const int Rows = 6;

    /// <summary>The number of panels that a sparse point is scored against at a time.</summary>
    const int SparsePanels = 4;

    /// <summary>Gets the number of centroids in a panel.</summary>
    static abstract int PanelWidth { get; }

    /// <summary>Gets a value indicating whether <see cref="ScorePair"/> is supported.</summary>
    static virtual bool HasPairs => false;

    /// <summary>Gets a value indicating whether <see cref="ScoreSparse"/> is supported.</summary>
    static virtual bool HasSparse => false;

    /// <summary>Resets the running best of one point.</summary>
    /// <typeparam name="TKeep">The scores to keep.</typeparam>
    static abstract void Reset<TKeep>(float* best)
        where TKeep : struct, IKeep;

    /// <summary>Scores six points against one panel.</summary>
    /// <param name="rows">The addresses of six points (d).</param>
    /// <param name="panel">The panel of centroids.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="best">The running best of the six points (6 × 2 or 3 × <see cref="PanelWidth"/>).</param>
    /// <param name="ahead">The memory to prefetch meanwhile.</param>
    /// <typeparam name="TKeep">The scores to keep.</typeparam>
    static abstract void Score<TKeep>(float** rows, CentroidPanel panel, int dimension, float* best, Prefetch.Run ahead)
        where TKeep : struct, IKeep;

    /// <summary>Scores twelve points against one panel.</summary>
    /// <param name="rows">The addresses of twelve points (d).</param>
    /// <param name="panel">The panel of centroids.</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="best">The running best of the twelve points (12 × 2 or 3 × <see cref="PanelWidth"/>).</param>
    /// <param name="ahead">The memory to prefetch meanwhile.</param>
    /// <typeparam name="TKeep">The scores to keep.</typeparam>
    static virtual void ScorePair<TKeep>(float** rows, CentroidPanel panel, int dimension, float* best, Prefetch.Run ahead)
        where TKeep : struct, IKeep => throw new NotSupportedException();

    /// <summary>Scores one sparse point against <see cref="SparsePanels"/> panels.</summary>
    /// <param name="first">The first component of the point that is not 0.</param>
    /// <param name="end">The end of these components.</param>
    /// <param name="panel">The first of the panels.</param>
    /// <param name="panelLength">The number of floats from a panel's components to those of the next.</param>
    /// <param name="best">The running best of the point (2 × <see cref="PanelWidth"/>).</param>
    static virtual void ScoreSparse(NonZero* first, NonZero* end, CentroidPanel panel, nint panelLength, float* best) => throw new NotSupportedException();

    /// <summary>Returns the best score of one point and the lowest number that has it.</summary>
    static abstract (float Score, int Number) Best(float* best);

    /// <summary>Returns the best score of one point.</summary>
    static abstract float BestScore(float* best);

    /// <summary>Returns the best score of one point, except that of the given number.</summary>
    static abstract float SecondScore(float* best, int number);
}
