using System.Runtime.InteropServices;

namespace FaissSdk.Native;

/// <summary>Provides native code with a number that becomes nonzero when a token is canceled.</summary>
internal sealed unsafe class StopFlag : IDisposable
{
    private readonly CancellationTokenRegistration _registration;

    public StopFlag(CancellationToken cancellationToken)
    {
        Pointer = (int*)NativeMemory.AllocZeroed(sizeof(int));
        _registration = cancellationToken.UnsafeRegister(static flag => Volatile.Write(ref *((StopFlag)flag!).Pointer, 1), this);
    }

    public int* Pointer { get; }

    public void Dispose()
    {
        // Waits for the callback.
        _registration.Dispose();
        NativeMemory.Free(Pointer);
    }
}
