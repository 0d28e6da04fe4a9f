namespace FaissSdk.Native;

/// <content>Locks settings, such as nprobe, that a call of FAISS reads more than once: no setter changes them meanwhile.</content>
internal abstract partial class NativeHandle
{
    private static readonly ReaderWriterLockSlim SharedSettings = new();

    private volatile bool _sharesSettings;
    private ReaderWriterLockSlim? _settings;
    private WeakReference<NativeHandle>? _parent;

    /// <summary>Gets the lock of such settings: that of the outermost object of which this one is a part.</summary>
    /// <remarks>
    /// It prefers setters, which searches would otherwise keep out. The only code of the user that runs within it is the predicate of a
    /// selector, for whose calls <see cref="PredicateState"/> knows the lock. Objects that share a part share one lock.
    /// </remarks>
    private ReaderWriterLockSlim Settings
    {
        get
        {
            var outermost = this;
            while (outermost._parent is { } link && link.TryGetTarget(out var parent))
            {
                outermost = parent;
            }

            return outermost._sharesSettings ? SharedSettings : outermost._settings ?? Interlocked.CompareExchange(ref outermost._settings, new ReaderWriterLockSlim(), null) ?? outermost._settings;
        }
    }

    /// <summary>Returns the lock of a call that reads settings more than once, if <paramref name="applies"/>.</summary>
    public ReaderWriterLockSlim? SettingsOf(bool applies) => applies ? Settings : null;

    /// <summary>Begins a call that reads settings more than once, if <paramref name="applies"/>.</summary>
    public SettingsLease ReadSettings(bool applies) => new(applies ? Settings : null, writes: false);

    /// <summary>Begins to set such a setting, if <paramref name="applies"/>, and waits for the calls that read it.</summary>
    public SettingsLease WriteSettings(bool applies) => new(applies ? Settings : null, writes: true);

    internal readonly ref struct SettingsLease
    {
        private readonly ReaderWriterLockSlim? _lock;
        private readonly bool _writes;

        public SettingsLease(ReaderWriterLockSlim? settings, bool writes)
        {
            (_lock, _writes) = (settings, writes);
            if (settings is not null && PredicateState.IsWithin(settings))
            {
                _lock = EnterWithin(settings, writes);
            }
            else if (writes)
            {
                settings?.EnterWriteLock();
            }
            else
            {
                settings?.EnterReadLock();
            }
        }

        // The search that calls the predicate holds the lock, on this thread or another one, and a setter may wait for it.
        private static ReaderWriterLockSlim? EnterWithin(ReaderWriterLockSlim settings, bool writes)
        {
            if (writes)
            {
                throw new InvalidOperationException("A predicate cannot change a setting, such as nprobe, of the index whose search calls it; change it after the search.");
            }

            return !settings.IsReadLockHeld && settings.TryEnterReadLock(0) ? settings : null;
        }

        public void Dispose()
        {
            if (_writes)
            {
                _lock?.ExitWriteLock();
            }
            else
            {
                _lock?.ExitReadLock();
            }
        }
    }
}
