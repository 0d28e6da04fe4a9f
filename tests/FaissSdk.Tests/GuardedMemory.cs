using System.Runtime.InteropServices;

namespace FaissSdk.Tests;

/// <summary>Holds a copy of bytes in front of memory that cannot be read (Linux).</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ReadWrite = 3;
    private const int Private = 0x22;

    private readonly byte* _start;
    private readonly nuint _size;
    private readonly int _length;

    public GuardedMemory(ReadOnlySpan<byte> bytes)
    {
        var page = (nuint)Environment.SystemPageSize;
        var held = ((nuint)bytes.Length + page - 1) / page * page;
        (_size, _length) = (held + page, bytes.Length);
        _start = Map(null, _size, ReadWrite, Private, -1, 0);
        Assert.NotEqual(-1, (nint)_start);
        Assert.Equal(0, Protect(_start + held, page, 0));
        _start += held - (nuint)_length;
        bytes.CopyTo(new Span<byte>(_start, _length));
    }

    public ReadOnlySpan<byte> Span => new(_start, _length);

    public void Dispose() => _ = Unmap((byte*)((nuint)_start / (nuint)Environment.SystemPageSize * (nuint)Environment.SystemPageSize), _size);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
