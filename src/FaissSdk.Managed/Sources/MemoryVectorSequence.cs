namespace FaissSdk;

/// <summary>Represents vectors in memory.</summary>
internal sealed class MemoryVectorSequence<T> : VectorSequence
    where T : unmanaged
{
    private readonly ReadOnlyMemory<T> _vectors;

    public MemoryVectorSequence(ReadOnlyMemory<T> vectors, int dimension)
        : base(dimension)
    {
        _vectors = vectors;
        Count = VectorShape.CountVectors(vectors.Span, dimension, nameof(vectors));
    }

    public override long? Count { get; }

    public override VectorReader Open(CancellationToken cancellationToken) => new Reader(_vectors, Dimension);

    private sealed class Reader(ReadOnlyMemory<T> all, int dimension) : VectorReader
    {
        private readonly BlockCursor<T> _cursor = new(dimension) { Block = all };

        public override int Read(Span<float> vectors) => _cursor.Read(vectors);
    }
}
