using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaissSdk;

/// <summary>Writes the state of a training: a name, a version, values and a checksum.</summary>
internal sealed class StateWriter
{
    private const int MaxBytes = 1 << 30;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <param name="name">The kind of the state, 8 ASCII characters.</param>
    /// <param name="version">The version of its layout.</param>
    public StateWriter(ReadOnlySpan<byte> name, int version)
    {
        _bytes.Write(name);
        Write(version);
    }

    public void Write(bool value) => Write<byte>([value ? (byte)1 : (byte)0]);

    public void Write(int value) => Write<int>([value]);

    public void Write(long value) => Write<long>([value]);

    public void Write(float value) => Write<float>([value]);

    public void Write(double value) => Write<double>([value]);

    /// <summary>Writes values whose number the reader knows.</summary>
    /// <exception cref="InvalidOperationException">The state has more bytes than an array holds.</exception>
    public void Write<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (_bytes.WrittenCount + ((long)values.Length * Unsafe.SizeOf<T>()) > Array.MaxLength)
        {
            throw new InvalidOperationException($"The state of the training has more bytes than an array holds; use {nameof(KMeansSums)} of fewer clusters at a time.");
        }

        for (var step = MaxBytes / Unsafe.SizeOf<T>(); values.Length > 0; values = values[Math.Min(step, values.Length)..])
        {
            _bytes.Write(MemoryMarshal.AsBytes(values[..Math.Min(step, values.Length)]));
        }
    }

    /// <summary>Returns all that was written, followed by its checksum.</summary>
    public byte[] Finish()
    {
        Write((long)Checksum.Of(_bytes.WrittenSpan));
        return _bytes.WrittenSpan.ToArray();
    }
}
