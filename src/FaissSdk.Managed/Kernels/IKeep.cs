namespace FaissSdk;

/// <summary>What a <see cref="ITile"/> keeps of the scores of each lane.</summary>
internal interface IKeep
{
    /// <summary>Whether the second best is kept too.</summary>
    static abstract bool Second { get; }

    /// <summary>The running best's arrays.</summary>
    static abstract int Arrays { get; }
}

/// <summary>The best.</summary>
internal readonly struct KeepBest : IKeep
{
    public static bool Second => false;

    public static int Arrays => 2;
}

/// <summary>The best and the second best.</summary>
internal readonly struct KeepTwo : IKeep
{
    public static bool Second => true;

    public static int Arrays => 3;
}
