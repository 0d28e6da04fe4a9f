namespace FaissSdk;

/// <summary>Specifies what an <see cref="ITile"/> keeps of the scores of each lane.</summary>
internal interface IKeep
{
    /// <summary>Gets a value indicating whether the second best score is kept as well.</summary>
    static abstract bool Second { get; }

    /// <summary>Gets a value indicating whether the scores themselves are kept, each in its place, instead of the best.</summary>
    static virtual bool Scores => false;

    /// <summary>Gets the number of arrays of the running best.</summary>
    static abstract int Arrays { get; }
}

/// <summary>Keeps the best score.</summary>
internal readonly struct KeepBest : IKeep
{
    public static bool Second => false;

    public static int Arrays => 2;
}

/// <summary>Keeps the best and the second best score.</summary>
internal readonly struct KeepTwo : IKeep
{
    public static bool Second => true;

    public static int Arrays => 3;
}

/// <summary>Keeps the score of each lane, without those of other panels and without numbers.</summary>
internal readonly struct KeepScores : IKeep
{
    public static bool Second => false;

    public static bool Scores => true;

    public static int Arrays => 1;
}
