namespace FaissSdk;

/// <summary>Reads the vectors of a <see cref="VectorSequence"/> once, from the first to the last.</summary>
/// <remarks>It is called by one thread at a time, but not always by the same one.</remarks>
public abstract class VectorReader : IDisposable
{
    /// <summary>Reads the next vectors.</summary>
    /// <param name="vectors">Receives the vectors, row-major; its length is a multiple of the dimension, and it has room for one vector at least.</param>
    /// <returns>The number of vectors written, from 1 to as many as there is room for, or 0 after the last one.</returns>
    public abstract int Read(Span<float> vectors);

    /// <summary>Releases what the reader holds.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the reader holds.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
