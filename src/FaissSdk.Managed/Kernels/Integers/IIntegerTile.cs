namespace FaissSdk;

/// <summary>The micro-kernel of integers: scores s·x̂·ĉ + start of a few points against one panel of centroids, the products added up in 32 bits, of fewer than 16 bits with what rounding may have taken, and which of them exceed what is known of the point's best.</summary>
internal unsafe interface IIntegerTile
{
    /// <summary>Whether this processor has the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>The number of points scored at a time.</summary>
    static abstract int Rows { get; }

    /// <summary>The number of centroids in a panel, at most 32.</summary>
    static abstract int PanelWidth { get; }

    /// <summary>How it wants points and centroids.</summary>
    static abstract IntegerFormat Format { get; }

    /// <summary>Scores points against one panel.</summary>
    /// <param name="points">The points' words (<see cref="Rows"/> × <paramref name="words"/>).</param>
    /// <param name="words">The words of a vector.</param>
    /// <param name="units">What each point makes of the panel's numbers (<see cref="Rows"/>).</param>
    /// <param name="panel">The centroids.</param>
    /// <param name="thresholds">For each point (<see cref="Rows"/>).</param>
    /// <param name="scores">Receives the scores (<see cref="Rows"/> × <see cref="PanelWidth"/>).</param>
    /// <param name="masks">Receives, for each point, a bit for each score above its threshold, the lowest for the panel's first centroid (<see cref="Rows"/>).</param>
    /// <param name="ahead">What is fetched meanwhile.</param>
    static abstract void Score(int* points, nint words, ScoreUnits* units, IntegerPanel panel, int* thresholds, int* scores, uint* masks, Prefetch.Run ahead);
}
