namespace FaissSdk.Sequences;

/// <summary>What sequences consist of.</summary>
internal enum Profile
{
    /// <summary>All kinds and operations.</summary>
    Everything,

    /// <summary>Kinds that find exactly the nearest vectors, and operations whose results a list predicts.</summary>
    Exact,
}
