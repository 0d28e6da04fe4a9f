using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Holds the centroids that may be nearest to one point, and the units that make the point's integer scores comparable: scores with rows of 16-bit components, and scores with panels in the format of the kernel.</summary>
internal unsafe struct Candidates
{
    /// <summary>The maximum number of candidates; with more, a full search takes less time.</summary>
    public const int MaxCount = 24;

    /// <summary>The point in the format of rows.</summary>
    public int* Row;

    /// <summary>The factors that convert the values of a panel to a score.</summary>
    public ScoreUnits Units;

    /// <summary>The factor that converts a float start to a score with a row.</summary>
    public float RowUnit;

    /// <summary>The ratio of a score with a panel to the score with a row.</summary>
    public double Ratio;

    /// <summary>The margin of exclusion: a centroid is excluded if its score with a panel is below another centroid's score with a row, times <see cref="Ratio"/>, by more than this; infinite if no score is conclusive.</summary>
    public double Slack;

    /// <summary>The margin of exclusion between two scores with rows.</summary>
    public double RowMargin;

    /// <summary>The minimum score with a row of a candidate.</summary>
    public double MinScore;

    /// <summary>The number of candidates.</summary>
    public int Count;

    /// <summary>The numbers of the candidates.</summary>
    public fixed int Numbers[MaxCount];

    private fixed int _scores[MaxCount];

    /// <summary>Clears the candidates, given the score of a centroid that the search will find again.</summary>
    /// <returns>The threshold that scores with panels must exceed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Begin(int score)
    {
        Count = 0;
        return Raise(score);
    }

    /// <summary>Adds a candidate.</summary>
    /// <returns>The new threshold.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(int number, int score, int threshold)
    {
        if (score > MinScore + RowMargin)
        {
            threshold = Raise(score);
        }

        if (Count == MaxCount)
        {
            Compact();
            if (Count > MaxCount / 2)
            {
                Count = 0;
                return QuantizedArithmetic.Undecidable;
            }
        }

        Numbers[Count] = number;
        _scores[Count++] = score;
        return threshold;
    }

    /// <summary>Removes candidates whose scores are below the current minimum.</summary>
    public void Compact()
    {
        var left = 0;
        for (var i = 0; i < Count; i++)
        {
            if (_scores[i] >= MinScore)
            {
                Numbers[left] = Numbers[i];
                _scores[left++] = _scores[i];
            }
        }

        Count = left;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Raise(int score)
    {
        MinScore = score - RowMargin;
        var threshold = Math.Floor((score * Ratio) - Slack);
        return !double.IsFinite(threshold) || threshold >= int.MaxValue ? QuantizedArithmetic.Undecidable : (int)Math.Max(threshold, int.MinValue);
    }
}
