using FaissSdk.Native;

namespace FaissSdk;

/// <content>Buffering, writing and merging.</content>
public sealed unsafe partial class OnDiskIndexBuilder
{
    private void AddCore(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, CancellationToken cancellationToken)
    {
        _index.CheckForLists(vectors);
        var total = vectors.Length / Dimension;
        var block = Math.Clamp(BlockBytes / (sizeof(float) * Dimension), MinBlock, MaxBlock);
        for (var start = 0; start < total;)
        {
            ThrowIfCanceled(start, cancellationToken);
            if (_entries.Count == _entries.Capacity)
            {
                WriteShard(start, cancellationToken);
            }

            var count = Math.Min(Math.Min(block, total - start), _entries.Capacity - _entries.Count);
            if (_lists.Length < count)
            {
                _lists = new long[count];
            }

            var lists = _lists.AsSpan(0, count);
            _index.EncodeForLists(vectors.Slice(start * Dimension, count * Dimension), lists, _entries.NextCodes);
            _entries.Append(lists, ids.IsEmpty ? [] : ids.Slice(start, count), Count);
            Interlocked.Add(ref _count, count);
            start += count;
        }

        ThrowIfDisposed();
    }

    private void WriteShard(int added, CancellationToken cancellationToken)
    {
        _shards.Add(ListShard.Create(_folder, level: 0, writer => _entries.Write(writer, _listCount, () => ThrowIfCanceled(added, cancellationToken))));
        _entries.Clear();

        // All temporary files are open, so their number has to stay small.
        while (_shards.Count >= MaxShards && _shards[^MaxShards].Level == _shards[^1].Level)
        {
            MergeLast(MaxShards, _ => ThrowIfCanceled(added, cancellationToken));
        }
    }

    private void MergeLast(int count, Action<long> proceed)
    {
        var merged = _shards[^count..];
        var shard = ListShard.Create(_folder, merged.Max(one => one.Level) + 1, writer => ListMerge.Write([.. merged], _codeSize, writer, proceed));
        _shards.RemoveRange(_shards.Count - count, count);
        _shards.Add(shard);
        merged.ForEach(one => one.Dispose());
    }

    private void BuildCore(BuildProgress progress)
    {
        if (_shards.Count > 0 && _entries.Count > 0)
        {
            _shards.Add(ListShard.Create(_folder, level: 0, writer => _entries.Write(writer, _listCount, progress.Check)));
            _entries.Clear();
        }

        progress.Plan(MergedCounts(), _codeSize);
        while (_shards.Count > MaxShards)
        {
            MergeLast(MaxShards, progress.Report);
            progress.Complete(_shards[^1].Count);
        }

        var (lists, index) = (ListShard.NewName(_folder), ListShard.NewName(_folder));
        try
        {
            WriteFiles(lists, index, progress);

            // From here on nothing is canceled: the index file refers to the lists.
            ExclusiveMove.Move(lists, ListsPath);
            MoveIndex(index);
        }
        catch
        {
            File.Delete(lists);
            File.Delete(index);
            throw;
        }

        _isBuilt = true;
        Free();
    }

    private void WriteFiles(string lists, string index, BuildProgress progress)
    {
        long[] sizes;
        using (var file = File.OpenHandle(lists, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            var writer = new SequentialWriter(file);
            sizes = _shards.Count > 0 ? ListMerge.Write(_shards.ToArray(), _codeSize, writer, progress.Report) : _entries.Write(writer, _listCount, progress.Check);
            writer.Flush();
            RandomAccess.FlushToDisk(file);
        }

        // WriteWithListsOnDisk changes the index, and _index must stay empty after a failure.
        using var copy = _index.Clone();
        copy.WriteWithListsOnDisk(sizes, System.IO.Path.GetFileName(ListsPath), index);
        using var written = File.OpenHandle(index, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(written);
        progress.Finish();
    }

    private void MoveIndex(string index)
    {
        try
        {
            ExclusiveMove.Move(index, Path);
        }
        catch
        {
            File.Delete(ListsPath);
            throw;
        }
    }

    /// <summary>Returns the number of entries that each merge will write.</summary>
    private List<long> MergedCounts()
    {
        var counts = _shards.ConvertAll(shard => shard.Count);
        var merges = new List<long>();
        while (counts.Count > MaxShards)
        {
            merges.Add(counts[^MaxShards..].Sum());
            counts.RemoveRange(counts.Count - MaxShards, MaxShards);
            counts.Add(merges[^1]);
        }

        return [.. merges, Count];
    }

    private void ThrowIfCanceled(int added, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        if (cancellationToken.IsCancellationRequested)
        {
            throw new AddCanceledException(added, cancellationToken);
        }
    }
}
