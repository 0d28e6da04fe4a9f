namespace FaissSdk;

/// <summary>Checks the ids of vectors.</summary>
internal static class VectorIds
{
    /// <summary>Rejects a negative id, by its position.</summary>
    public static void CheckNotNegative(ReadOnlySpan<long> ids, string parameter)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0)
            {
                throw new ArgumentOutOfRangeException(parameter, ids[i], $"{parameter} has a negative id at position {i}; ids of vectors are 0 or greater.");
            }
        }
    }
}
