namespace FaissSdk;

/// <summary>Reads a source once in chunks of equal sizes, while the previous chunk is in use.</summary>
/// <param name="source">The source.</param>
/// <param name="buffers">Two buffers of equal lengths (rows × d).</param>
/// <param name="readsAhead">Whether to read while the previous chunk is in use.</param>
/// <param name="cancellationToken">The token of the caller, which ends waiting for the source.</param>
internal sealed class ChunkReader(VectorSequence source, float[][] buffers, bool readsAhead, CancellationToken cancellationToken) : IDisposable
{
    // Ends reading ahead when the caller needs no further chunk, whether or not it has canceled.
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private VectorReader? _reader;
    private Task<int>? _pending;
    private int _next;
    private bool _hasEnded;

    /// <summary>Gets the buffer of the current chunk.</summary>
    public float[] Buffer => buffers[1 - _next];

    /// <summary>Gets the number of vectors of the current chunk.</summary>
    public int Rows { get; private set; }

    /// <summary>Moves to the next chunk.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext()
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_hasEnded)
        {
            return false;
        }

        try
        {
            _pending ??= Start();
            Rows = _pending.WaitAsync(cancellationToken).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // The source has received another token than the caller.
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }

        _pending = null;
        _next = 1 - _next;
        _hasEnded = Rows * source.Dimension < Buffer.Length;
        if (readsAhead && !_hasEnded)
        {
            _pending = Start();
        }

        return Rows > 0;
    }

    public void Dispose()
    {
        if (_pending is { IsCompleted: false } pending)
        {
            // Until the call of the source under way returns: the caller may read the source again, or delete its file.
            _end.Cancel();
            ((Task)pending.WaitAsync(cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            if (!pending.IsCompleted)
            {
                // A canceled training does not wait for its source: the reader is released when the source returns.
                pending.ContinueWith(_ => Release(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                return;
            }
        }

        Release();
    }

    private void Release()
    {
        _ = _pending?.Exception;
        using (_end)
        {
            _reader?.Dispose();
        }
    }

    private Task<int> Start()
    {
        var buffer = buffers[_next];
        return OperatingSystem.IsBrowser() ? Task.FromResult(Fill(buffer)) : Task.Run(() => Fill(buffer), CancellationToken.None);
    }

    private int Fill(float[] buffer)
    {
        _reader ??= source.Open(_end.Token) ?? throw new InvalidOperationException($"{source.GetType().Name}.{nameof(source.Open)} has returned null.");
        var (rows, room) = (0, buffer.Length / source.Dimension);
        while (rows < room)
        {
            _end.Token.ThrowIfCancellationRequested();
            var read = _reader.Read(buffer.AsSpan(rows * source.Dimension));
            if (read < 0 || read > room - rows)
            {
                throw new InvalidOperationException($"{_reader.GetType().Name}.{nameof(_reader.Read)} has returned {read} for a span of {room - rows} vectors; expected the number of vectors written, or 0 at the end.");
            }

            if (read == 0)
            {
                break;
            }

            rows += read;
        }

        return rows;
    }
}
