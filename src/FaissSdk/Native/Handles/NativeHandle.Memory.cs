namespace FaissSdk.Native;

/// <content>The memory of the native object, as pressure on the garbage collector, which sees only managed objects.</content>
internal abstract partial class NativeHandle
{
    private long _memory;

    /// <summary>Adds memory of the native object to the pressure on the garbage collector, or removes it if <paramref name="bytes"/> is negative; freeing the object removes the rest.</summary>
    /// <remarks>Without it a program that leaves indexes to their finalizers would fill the memory long before a collection: their managed objects take a few hundred bytes.</remarks>
    public void AddMemory(long bytes)
    {
        var held = Interlocked.Read(ref _memory);
        bytes = Math.Max(bytes, -held);
        Interlocked.Add(ref _memory, bytes);
        if (bytes > 0)
        {
            GC.AddMemoryPressure(bytes);
        }
        else if (bytes < 0)
        {
            GC.RemoveMemoryPressure(-bytes);
        }
    }

    /// <summary>Counts the memory of this object to another one, which holds it from now on.</summary>
    public void MoveMemory(NativeHandle target) => Interlocked.Add(ref target._memory, Interlocked.Exchange(ref _memory, 0));

    private void RemoveMemory() => AddMemory(-Interlocked.Read(ref _memory));
}
