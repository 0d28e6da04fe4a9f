namespace FaissSdk;

/// <summary>Represents vectors that a function enumerates in blocks.</summary>
internal sealed class BlockVectorSequence<T> : VectorSequence
    where T : unmanaged
{
    private readonly Func<IEnumerable<ReadOnlyMemory<T>>> _blocks;

    public BlockVectorSequence(Func<IEnumerable<ReadOnlyMemory<T>>> blocks, int dimension)
        : base(dimension)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        _blocks = blocks;
    }

    public override VectorReader Open(CancellationToken cancellationToken) =>
        new Reader((_blocks() ?? throw new InvalidOperationException("The function that enumerates the blocks of the source has returned null.")).GetEnumerator(), Dimension);

    private sealed class Reader(IEnumerator<ReadOnlyMemory<T>> blocks, int dimension) : VectorReader
    {
        private readonly BlockCursor<T> _cursor = new(dimension);

        public override int Read(Span<float> vectors)
        {
            while (_cursor.Block.IsEmpty)
            {
                if (!blocks.MoveNext())
                {
                    return 0;
                }

                _cursor.Enter(blocks.Current);
            }

            return _cursor.Read(vectors);
        }

        protected override void Dispose(bool disposing)
        {
            blocks.Dispose();
            base.Dispose(disposing);
        }
    }
}
