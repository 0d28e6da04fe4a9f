namespace FaissSdk.Native;

/// <content>Leases: calls that read until their user ends them.</content>
internal abstract partial class NativeHandle
{
    /// <summary>Begins a call that reads the object until the lease is disposed, on any thread, or collected.</summary>
    /// <exception cref="ObjectDisposedException">The user has disposed the handle.</exception>
    /// <exception cref="InvalidOperationException">A call of another thread changes the object.</exception>
    public ReadLease BeginLease(object owner, string call)
    {
        BeginRead(owner, call);
        return new ReadLease(this);
    }

    /// <summary>Keeps an object alive and unchanged.</summary>
    internal sealed class ReadLease(NativeHandle handle) : IDisposable
    {
        private int _ended;

        ~ReadLease() => End();

        /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
        public void Check(object owner) => ObjectDisposedException.ThrowIf(Volatile.Read(ref _ended) != 0, owner);

        public void Dispose()
        {
            End();
            GC.SuppressFinalize(this);
        }

        private void End()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                handle.EndRead();
            }
        }
    }
}
