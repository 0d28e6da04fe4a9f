using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaissSdk;

/// <summary>Reads what <see cref="StateWriter"/> has written.</summary>
internal ref struct StateReader
{
    private ReadOnlySpan<byte> _rest;

    /// <param name="state">The bytes of the state.</param>
    /// <param name="name">The kind of the state, 8 ASCII characters.</param>
    /// <param name="version">The version of the layout that is understood.</param>
    /// <param name="what">What the bytes should be, for messages.</param>
    /// <exception cref="InvalidDataException">The bytes are something else, of another version, incomplete or damaged.</exception>
    public StateReader(ReadOnlySpan<byte> state, ReadOnlySpan<byte> name, int version, string what)
    {
        if (!state.StartsWith(name))
        {
            throw new InvalidDataException($"This is not {what}.");
        }

        var found = state.Length < name.Length + sizeof(int) ? 0 : MemoryMarshal.Read<int>(state[name.Length..]);
        if (found != version)
        {
            throw new InvalidDataException($"This is {what} of version {found}, which was written by another version of FaissSdk or on another kind of processor; this one reads version {version}.");
        }

        var content = state[..^Math.Min(state.Length, sizeof(ulong))];
        if (content.Length < name.Length + sizeof(int) || MemoryMarshal.Read<ulong>(state[content.Length..]) != Checksum.Of(content))
        {
            throw new InvalidDataException($"This is {what} that is incomplete or damaged.");
        }

        _rest = content[(name.Length + sizeof(int))..];
    }

    public bool ReadBoolean() => Read<byte>() != 0;

    public int ReadInt32() => Read<int>();

    public long ReadInt64() => Read<long>();

    public float ReadSingle() => Read<float>();

    public double ReadDouble() => Read<double>();

    public void Read<T>(Span<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        Take(bytes.Length).CopyTo(bytes);
    }

    private T Read<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Take(Unsafe.SizeOf<T>()));

    private ReadOnlySpan<byte> Take(int length)
    {
        if (_rest.Length < length)
        {
            throw new InvalidDataException("The state ends before its content does.");
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
