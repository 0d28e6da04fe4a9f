using System.Runtime.InteropServices;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents floats outside the managed heap, which would keep large arrays until the next full garbage collection.</summary>
internal sealed unsafe class NativeFloats : IDisposable
{
    private float* _floats;

    public NativeFloats(long length)
    {
        Length = length;
        _floats = (float*)NativeMemory.Alloc(checked((nuint)length), sizeof(float));
    }

    ~NativeFloats() => NativeMemory.Free(_floats);

    public long Length { get; }

    /// <summary>Gets a part, which is valid until the memory is freed.</summary>
    public Span<float> Slice(long start, int length)
    {
        ObjectDisposedException.ThrowIf(_floats is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)start, (ulong)(Length - length));
        return new Span<float>(_floats + start, length);
    }

    public void Dispose()
    {
        NativeMemory.Free(_floats);
        _floats = null;
        GC.SuppressFinalize(this);
    }
}
