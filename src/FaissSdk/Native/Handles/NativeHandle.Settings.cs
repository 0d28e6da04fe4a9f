namespace FaissSdk.Native;

/// <content>Numbers that a call reads more than once: a setter waits for such calls, and they for it.</content>
internal abstract partial class NativeHandle
{
    private ReaderWriterLockSlim? _settings;
    private WeakReference<NativeHandle>? _holder;

    /// <summary>Gets the lock that calls hold while they read numbers more than once, and setters of such numbers: that of the outermost whole.</summary>
    /// <remarks>No call that holds it runs code of the user, so no thread waits forever. It prefers setters, which searches would otherwise keep out.</remarks>
    private ReaderWriterLockSlim Settings
    {
        get
        {
            var outermost = this;
            while (outermost._holder is { } link && link.TryGetTarget(out var holder))
            {
                outermost = holder;
            }

            return outermost._settings ?? Interlocked.CompareExchange(ref outermost._settings, new ReaderWriterLockSlim(), null) ?? outermost._settings;
        }
    }

    /// <summary>Begins a call that reads numbers more than once, if <paramref name="applies"/>.</summary>
    public SettingsLease ReadSettings(bool applies) => new(applies ? Settings : null, writes: false);

    /// <summary>Begins to set such a number, if <paramref name="applies"/>: waits for the calls that read it.</summary>
    public SettingsLease WriteSettings(bool applies) => new(applies ? Settings : null, writes: true);

    internal readonly ref struct SettingsLease
    {
        private readonly ReaderWriterLockSlim? _lock;
        private readonly bool _writes;

        public SettingsLease(ReaderWriterLockSlim? settings, bool writes)
        {
            (_lock, _writes) = (settings, writes);
            if (writes)
            {
                settings?.EnterWriteLock();
            }
            else
            {
                settings?.EnterReadLock();
            }
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
