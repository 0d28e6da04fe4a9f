using System.Diagnostics;
using FaissSdk.VectorData.Collections;
using FaissSdk.VectorData.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.VectorData;

namespace FaissSdk.VectorData.Indexes;

internal sealed partial class CollectionEngine : IDisposable
{
    private const int MinDead = 1_000;
    private const int MaxDelta = 100_000;
    private const int DeadShareOfCopies = 20;

    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WaitForOthers = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _sealing = new(1, 1);
    private Task _background = Task.CompletedTask;
    private bool _isScheduled;
    private bool _isDueAgain;
    private long _lastWrite;

    /// <summary>Seals all vectors, and returns when searches use the new indexes.</summary>
    public async Task SealAllAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        await _sealing.WaitAsync(either.Token).ConfigureAwait(false);
        try
        {
            await Task.Run(() => SealAll(either.Token), either.Token).ConfigureAwait(false);
        }
        finally
        {
            _sealing.Release();
        }
    }

    /// <summary>Releases the indexes of a collection that was deleted.</summary>
    public void Forget(long collectionId)
    {
        lock (_gate)
        {
            if (_state is { } state && state.CollectionId == collectionId)
            {
                Release(state);
                _state = null;
                Filters.Clear();
            }
        }
    }

    /// <summary>Stops the sealing, and releases the indexes once running searches have ended.</summary>
    public void Dispose()
    {
        Task background;
        lock (_gate)
        {
            _closing.Cancel();
            background = _background;
        }

        background.Wait();
        lock (_gate)
        {
            Release(_state);
            _state = null;
            Filters.Clear();
        }
    }

    private static void Release(CollectionState? state)
    {
        foreach (var property in state?.Properties ?? [])
        {
            property.Release();
        }
    }

    private bool IsDue(PropertyState property) =>
        property.DeltaCount >= Math.Max(database.MinDelta, (property.Main?.Count ?? 0) / 10) || property.MainDeadCount > Math.Max(MinDead, (property.Main?.Count ?? 0) / 5);

    // Called after each change of the records, here or by another process.
    private void SealWhereDue()
    {
        Volatile.Write(ref _lastWrite, Stopwatch.GetTimestamp());
        lock (_gate)
        {
            if (_closing.IsCancellationRequested || _state is not { } state || !state.Properties.Where((property, i) => IsDue(property) && !schema.Vectors[i].Settings.NeverSeals).Any())
            {
                return;
            }

            // The running task may have looked at this property already.
            _isDueAgain = _isScheduled;
            if (!_isScheduled)
            {
                _isScheduled = true;
                _background = Task.Run(SealInBackgroundAsync);
            }
        }
    }

    private async Task SealInBackgroundAsync()
    {
        try
        {
            bool isElsewhere;
            do
            {
                await WaitForQuietAsync().ConfigureAwait(false);
                await _sealing.WaitAsync(_closing.Token).ConfigureAwait(false);
                try
                {
                    isElsewhere = CatchUpAndSeal();
                }
                finally
                {
                    _sealing.Release();
                }

                if (isElsewhere)
                {
                    await Task.Delay(WaitForOthers, _closing.Token).ConfigureAwait(false);
                }
            }
            while (isElsewhere || IsDueAgain());
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A task that fails would be the last one, and fail the disposal. What is disposed is the store, or an index whose collection was
            // deleted meanwhile.
            if (exception is not ObjectDisposedException)
            {
                database.Logger.BackgroundFailed(exception, Name);
            }

            lock (_gate)
            {
                (_isScheduled, _isDueAgain) = (false, false);
            }
        }
    }

    private bool IsDueAgain()
    {
        lock (_gate)
        {
            (_isScheduled, _isDueAgain) = (_isDueAgain, false);
            return _isScheduled;
        }
    }

    // Returns true if another process builds an index that is due.
    private bool CatchUpAndSeal()
    {
        try
        {
            // An index that another process has sealed serves only a state that is not older. The next search or write opens another collection.
            if (_state is not { } state || BeginRead(state.IsContinuedBy) is not { } session)
            {
                return false;
            }

            // SQLite could not overwrite its log while the indexes are built.
            session.Dispose();
            return !TrySealDue();
        }
        catch (Exception exception) when (exception is SqliteException or VectorStoreException or IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            // The collection may have been deleted; otherwise the next search meets the same failure, and throws it.
            return false;
        }
    }

    // Sealing during a series of batches would compete with them for processors, and be due again after the last one. So it waits
    // for the last one, unless searches would meanwhile compare as many vectors as a scan of a large collection.
    private async Task WaitForQuietAsync()
    {
        while (Stopwatch.GetElapsedTime(Volatile.Read(ref _lastWrite)) is var elapsed && elapsed < Quiet && _state is { } state && !state.Properties.Any(property => property.DeltaCount >= Math.Max(MaxDelta, property.Main?.Count ?? 0)))
        {
            await Task.Delay(Quiet - elapsed, _closing.Token).ConfigureAwait(false);
        }
    }

    // Returns false if another process builds an index that is due.
    private bool TrySealDue()
    {
        var isElsewhere = false;
        for (var i = 0; i < schema.Vectors.Count; i++)
        {
            while (_state is { } state && IsDue(state.Properties[i]) && !schema.Vectors[i].Settings.NeverSeals && ReadRow(state.IsContinuedBy) is { } row)
            {
                var isFree = FilesFor(row, schema.Vectors[i]).TryReserve(out var reservation);
                using (reservation)
                {
                    if (TryAdopt(state, row, i))
                    {
                        continue;
                    }

                    isElsewhere |= !isFree;
                    if (!isFree || !Seal(state, i, throws: false, _closing.Token))
                    {
                        break;
                    }
                }
            }
        }

        return !isElsewhere;
    }

    // Uses the index that another process has sealed, if it is newer.
    private bool TryAdopt(CollectionState state, CollectionRow row, int i)
    {
        var main = state.Properties[i].Main;
        return main is not { Path: null }
            && LoaderFor(row, schema.Vectors[i]).LoadNewest(row with { Version = state.Version, LastId = state.LastId }, () => ReadVersion(row), main?.Path) is { } index
            && Swap(state, i, index, index.LastId);
    }

    private void SealAll(CancellationToken cancellationToken)
    {
        for (var i = 0; i < schema.Vectors.Count; i++)
        {
            Func<PropertyState, bool> isDue = property => property.DeltaCount > 0 || property.MainDeadCount > 0;
            while (_state is { } state && isDue(state.Properties[i]) && !schema.Vectors[i].Settings.NeverSeals && Seal(state, i, throws: true, cancellationToken))
            {
                // Vectors that were written during the sealing may be due, too.
                isDue = IsDue;
            }
        }
    }

    private bool Seal(CollectionState state, int i, bool throws, CancellationToken cancellationToken)
    {
        var vector = schema.Vectors[i];
        var start = Stopwatch.GetTimestamp();
        try
        {
            long[] live = [.. state.Properties[i].LiveIds()];
            SealedIndex? index = null;
            if (live.Length > 0)
            {
                index = MakeIndex(state, i, live, isComplete: throws, cancellationToken);
                index = Store(index, vector, state);
                database.Logger.SealingFinished(index.Count, vector.Name, Name, index.Factory, Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            return Swap(state, i, index, state.LastId);
        }
        catch (Exception exception) when (exception is FaissException or SqliteException or OutOfMemoryException or ArgumentException or NotSupportedException or InvalidOperationException and not ObjectDisposedException)
        {
            database.Logger.SealingFailed(exception, vector.Name, Name);
            return throws ? throw new VectorStoreException($"Sealing the vectors of '{vector.Name}' in '{Name}' failed: {exception.Message}", exception) { CollectionName = Name } : false;
        }
    }

    // A graph takes minutes to build, so the vectors of the delta are added to a copy. Other kinds are rebuilt in seconds, and inverted lists
    // are better when trained on the current vectors. Deleted vectors stay in a copy, so it may have only few, and none if the caller waits.
    private SealedIndex MakeIndex(CollectionState state, int i, long[] live, bool isComplete, CancellationToken cancellationToken)
    {
        var (vector, property) = (schema.Vectors[i], state.Properties[i]);
        var builder = new IndexBuilder(database, vector, state.CollectionId);
        var progress = new SealingProgress(database.Logger, vector.Name, Name, live.Length);
        if (property.Main is NativeIndex { IsPlainGraph: true } main && property.MainDeadCount <= (isComplete ? 0 : main.Count / DeadShareOfCopies) && vector.Settings.GetFactory(live.Length) == main.Factory
            && ReadRow(state.IsContinuedBy) is { } row)
        {
            var count = main.Count + property.DeltaCount - property.DeltaDeadCount;
            if ((main.TryCopy(count) ?? LoaderFor(row, vector).TryLoadCopy(main)) is { } copy)
            {
                database.Logger.GrowingStarted(property.DeltaCount - property.DeltaDeadCount, vector.Name, Name, main.Factory);
                return builder.Grow(copy, main, count, state.LastId, progress, cancellationToken);
            }
        }

        database.Logger.SealingStarted(live.Length, vector.Name, Name, vector.Settings.GetFactory(live.Length));
        return builder.Build(live, state.LastId, progress, cancellationToken);
    }

    // Writes the index, and maps it instead of keeping it in memory if FAISS can.
    private SealedIndex Store(SealedIndex index, VectorColumn vector, CollectionState state)
    {
        try
        {
            if (ReadRow(state.IsContinuedBy) is not { } row)
            {
                return index;
            }

            var files = FilesFor(row, vector);
            var path = files.Write(index, row.Version);
            if (ReadRow(current => current.Id == state.CollectionId) is null)
            {
                // The collection was deleted, and its files with it, before this one had its name.
                IndexFiles.DeleteAll(database.IndexFolder, state.CollectionId);
                return index;
            }

            index.Path = path;
            if (database.MapsIndexes && FaissLibrary.IsAvailable && LoaderFor(row, vector).TryMap(path, index) is { } mapped)
            {
                index.Release();
                return mapped;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FaissException)
        {
            database.Logger.IndexNotWritten(exception, vector.Name, Name, database.IndexFolder);
        }

        return index;
    }

    private CollectionRow? ReadRow(Predicate<CollectionRow> isKnown)
    {
        var connection = database.Rent();
        try
        {
            return ReadRow(connection, Name) is { } row && isKnown(row) ? row : null;
        }
        finally
        {
            database.Return(connection);
        }
    }

    private bool Swap(CollectionState sealedState, int i, SealedIndex? index, long lastId)
    {
        lock (_gate)
        {
            if (_state is not { } state || state.Opening != sealedState.Opening || _closing.IsCancellationRequested)
            {
                index?.Release();
                return false;
            }

            var old = state.Properties[i];
            var properties = (PropertyState[])state.Properties.Clone();
            properties[i] = old.WithMain(index, lastId, new Delta(schema.Vectors[i].Metric, schema.Vectors[i].Dimension));
            _state = state with { Properties = properties };
            old.Release();
            return true;
        }
    }
}
