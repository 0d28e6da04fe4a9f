using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>The centroids that may be one point's nearest, and what makes the point's integer scores comparable: those with rows of 16-bit components, and those with panels of the kernel's.</summary>
internal unsafe struct Candidates
{
    /// <summary>With more of them a full search takes less time.</summary>
    public const int Most = 24;

    /// <summary>The point as rows want it.</summary>
    public int* Row;

    /// <summary>What makes a score with a panel of the panel's numbers.</summary>
    public ScoreUnits Units;

    /// <summary>What a float start is multiplied by for a score with a row.</summary>
    public float UnitOfRow;

    /// <summary>A score with a panel as a multiple of that with a row.</summary>
    public double Ratio;

    /// <summary>By how much a centroid's score with a panel must be less than another's with a row, as one with a panel, for it not to be nearer; infinite where none tells.</summary>
    public double Slack;

    /// <summary>The same of two scores with rows.</summary>
    public double MarginOfRow;

    /// <summary>The least score with a row of a candidate.</summary>
    public double Least;

    /// <summary>How many there are.</summary>
    public int Count;

    /// <summary>The numbers of the centroids.</summary>
    public fixed int Numbers[Most];

    private fixed int _scores[Most];

    /// <summary>Begins with the score of a centroid that will be found again.</summary>
    /// <returns>The threshold that scores with panels must exceed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Begin(int score)
    {
        Count = 0;
        return Raise(score);
    }

    /// <summary>Adds a candidate.</summary>
    /// <returns>The threshold from now on.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(int number, int score, int threshold)
    {
        if (score > Least + MarginOfRow)
        {
            threshold = Raise(score);
        }

        if (Count == Most)
        {
            Compact();
            if (Count > Most / 2)
            {
                Count = 0;
                return QuantizedArithmetic.NothingTells;
            }
        }

        Numbers[Count] = number;
        _scores[Count++] = score;
        return threshold;
    }

    /// <summary>Leaves those that are candidates still.</summary>
    public void Compact()
    {
        var left = 0;
        for (var i = 0; i < Count; i++)
        {
            if (_scores[i] >= Least)
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
        Least = score - MarginOfRow;
        var threshold = Math.Floor((score * Ratio) - Slack);
        return !double.IsFinite(threshold) || threshold >= int.MaxValue ? QuantizedArithmetic.NothingTells : (int)Math.Max(threshold, int.MinValue);
    }
}
