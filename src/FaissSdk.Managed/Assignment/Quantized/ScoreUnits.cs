namespace FaissSdk;

/// <summary>Holds the factors of one point that convert the values of a panel to a score: Start · start and, if scores are upper bounds, Rounding · length + Length · rounding in addition.</summary>
internal struct ScoreUnits
{
    /// <summary>1 / ab.</summary>
    public float Start;

    /// <summary>p, the length of the rounding error of the point.</summary>
    public float Rounding;

    /// <summary>X, the length of the point in units of a.</summary>
    public float Length;
}
