namespace FaissSdk.Benchmarks;

/// <summary>A way to keep records with vectors, and to search them.</summary>
internal interface IMeasuredStore : IDisposable
{
    /// <summary>Inserts records as one batch.</summary>
    Task Insert(int first, float[][] vectors);

    /// <summary>Does the work that the store needs after many records were inserted.</summary>
    Task Finish();

    /// <summary>Returns the ids of the nearest records whose numbers lie in a range.</summary>
    Task<int[]> Search(float[] query, int first, int width);
}
