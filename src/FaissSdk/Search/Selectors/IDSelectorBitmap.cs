using System.Runtime.InteropServices;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Selects ids by one bit each (FAISS: <c>IDSelectorBitmap</c>).</summary>
public sealed unsafe class IDSelectorBitmap : IDSelector
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_IDSelectorBitmap_new), nameof(IDSelectorBitmap));
    private static readonly OptionalFunction OwnFunction = new(nameof(FaissNative.faiss_sdk_selector_bitmap));

    private readonly int _length;

    /// <summary>Initializes a selector of each id i for which bit i mod 8 of byte ⌊i/8⌋ is set. Ids beyond the bitmap are not selected.</summary>
    /// <param name="bitmap">The bitmap; it is copied.</param>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.11.0, and is not from a FaissSdk package.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public IDSelectorBitmap(ReadOnlySpan<byte> bitmap)
        : base(New(bitmap)) => _length = bitmap.Length;

    /// <summary>Gets the length of the bitmap in bytes.</summary>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public int Length
    {
        get
        {
            using var selector = Handle.Acquire(this);
            return _length;
        }
    }

    /// <summary>Returns a copy of the bitmap.</summary>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public byte[] ToArray()
    {
        using var selector = Handle.Acquire(this);
        return new ReadOnlySpan<byte>(Handle.Memory, _length).ToArray();
    }

    private static IDSelectorHandle New(ReadOnlySpan<byte> bitmap)
    {
        var isOwn = IsOwn(NewFunction, OwnFunction);
        var memory = NativeMemory.Alloc((nuint)Math.Max(1, bitmap.Length));
        try
        {
            bitmap.CopyTo(new Span<byte>(memory, bitmap.Length));
            FaissIDSelector* created = null;
            Status.ThrowIfFailed(isOwn
                ? FaissNative.faiss_sdk_selector_bitmap(&created, (byte*)memory, (nuint)bitmap.Length)
                : FaissNative.faiss_IDSelectorBitmap_new((FaissIDSelectorBitmap**)&created, (nuint)bitmap.Length, (byte*)memory));
            var handle = new IDSelectorHandle(created, &FaissNative.faiss_IDSelector_free, memory);
            handle.AddMemory(bitmap.Length);
            return handle;
        }
        catch
        {
            NativeMemory.Free(memory);
            throw;
        }
    }
}
