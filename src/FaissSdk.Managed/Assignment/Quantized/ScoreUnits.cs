namespace FaissSdk;

/// <summary>What one point makes of a panel's numbers in a score: Start · start and, where scores are upper bounds, Rounding · length + Length · rounding more.</summary>
internal struct ScoreUnits
{
    /// <summary>1 / ab.</summary>
    public float Start;

    /// <summary>p, the length of what rounding changed of the point.</summary>
    public float Rounding;

    /// <summary>X, the length of the point in units of a.</summary>
    public float Length;
}
