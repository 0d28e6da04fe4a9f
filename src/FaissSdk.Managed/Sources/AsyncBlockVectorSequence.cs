namespace FaissSdk;

/// <summary>Represents vectors that a function enumerates asynchronously in blocks.</summary>
internal sealed class AsyncBlockVectorSequence<T> : VectorSequence
    where T : unmanaged
{
    private readonly Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<T>>> _blocks;

    public AsyncBlockVectorSequence(Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<T>>> blocks, int dimension)
        : base(dimension)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        _blocks = blocks;
    }

    public override VectorReader Open(CancellationToken cancellationToken)
    {
        var blocks = _blocks(cancellationToken) ?? throw new InvalidOperationException("The function that enumerates the blocks of the source has returned null.");
        return new Reader(blocks.GetAsyncEnumerator(cancellationToken), Dimension);
    }

    // A training reads on a thread of the pool, where the enumerator needs no synchronization context to go on.
    private sealed class Reader(IAsyncEnumerator<ReadOnlyMemory<T>> blocks, int dimension) : VectorReader
    {
        private readonly BlockCursor<T> _cursor = new(dimension);

        public override int Read(Span<float> vectors)
        {
            while (_cursor.Block.IsEmpty)
            {
                if (!blocks.MoveNextAsync().AsTask().GetAwaiter().GetResult())
                {
                    return 0;
                }

                _cursor.Enter(blocks.Current);
            }

            return _cursor.Read(vectors);
        }

        protected override void Dispose(bool disposing)
        {
            if (OperatingSystem.IsBrowser())
            {
                blocks.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
            else
            {
                // The caller of the training may be the only thread of a context that the enumerator would wait for.
                Task.Run(() => blocks.DisposeAsync().AsTask()).GetAwaiter().GetResult();
            }

            base.Dispose(disposing);
        }
    }
}
