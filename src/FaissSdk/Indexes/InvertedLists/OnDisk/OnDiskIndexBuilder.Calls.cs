namespace FaissSdk;

/// <content>One call at a time, and disposal at any time.</content>
public sealed unsafe partial class OnDiskIndexBuilder
{
    private readonly Lock _gate = new();
    private string? _call;
    private volatile bool _isDisposed;

    /// <summary>Frees the memory and deletes the temporary files. A built index stays.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            if (_call is null)
            {
                FreeAll();
            }
        }
    }

    private Call Begin(string call)
    {
        lock (_gate)
        {
            ThrowIfDisposed();
            if (_call is not null)
            {
                throw new InvalidOperationException($"{call} of this {nameof(OnDiskIndexBuilder)} was called while {_call} is under way; make the calls one after the other.");
            }

            if (_isBuilt)
            {
                throw new InvalidOperationException($"The index has been built: use a new {nameof(OnDiskIndexBuilder)} with another path.");
            }

            _call = call;
            return new Call(this);
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _call = null;
            if (_isDisposed)
            {
                FreeAll();
            }
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_isDisposed, this);

    private void Free()
    {
        _entries.Dispose();
        _shards.ForEach(shard => shard.Dispose());
        _shards.Clear();
    }

    private void FreeAll()
    {
        Free();
        _index.Dispose();
    }

    private readonly ref struct Call(OnDiskIndexBuilder builder)
    {
        public void Dispose() => builder.End();
    }

    /// <summary>Reports how much of a build is done, and ends it when it is canceled or the builder is disposed.</summary>
    private sealed class BuildProgress(OnDiskIndexBuilder builder, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        private const double Step = 0.01;

        private double _entrySize;
        private double _total = 1;
        private double _done;
        private double _reported;

        public void Plan(List<long> entries, int codeSize)
        {
            _entrySize = codeSize + sizeof(long);
            _total = entries.Sum(count => count * _entrySize);
        }

        public void Check()
        {
            builder.ThrowIfDisposed();
            cancellationToken.ThrowIfCancellationRequested();
        }

        public void Report(long written)
        {
            Check();
            var part = (_done + written) / _total;
            if (part - _reported >= Step)
            {
                _reported = part;
                progress?.Report(part);
            }
        }

        public void Complete(long entries) => _done += entries * _entrySize;

        public void Finish()
        {
            Check();
            progress?.Report(1);
            Check();
        }
    }
}
