namespace FaissSdk;

/// <summary>Represents a micro-kernel of integers, which computes scores s·x̂·ĉ + start of a few points against one panel of centroids, and compares them with a threshold of each point.</summary>
/// <remarks>Products are added up in 32 bits. Formats of fewer than 16 bits add the possible effect of rounding, which makes their scores upper bounds.</remarks>
internal unsafe interface IIntegerTile
{
    /// <summary>Gets a value indicating whether this processor supports the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Gets the number of points scored at a time.</summary>
    static abstract int Rows { get; }

    /// <summary>Gets the number of centroids in a panel, at most 32.</summary>
    static abstract int PanelWidth { get; }

    /// <summary>Gets the format of points and centroids.</summary>
    static abstract IntegerFormat Format { get; }

    /// <summary>Scores points against one panel.</summary>
    /// <param name="points">The points' words (<see cref="Rows"/> × <paramref name="words"/>).</param>
    /// <param name="words">The number of words of a vector.</param>
    /// <param name="units">The units of the points (<see cref="Rows"/>).</param>
    /// <param name="panel">The panel of centroids.</param>
    /// <param name="thresholds">The thresholds of the points (<see cref="Rows"/>).</param>
    /// <param name="scores">Receives the scores (<see cref="Rows"/> × <see cref="PanelWidth"/>).</param>
    /// <param name="masks">Receives, for each point, a bit for each score above its threshold, the lowest for the first centroid of the panel (<see cref="Rows"/>).</param>
    /// <param name="ahead">The memory to prefetch meanwhile.</param>
    static abstract void Score(int* points, nint words, ScoreUnits* units, IntegerPanel panel, int* thresholds, int* scores, uint* masks, Prefetch.Run ahead);
}
