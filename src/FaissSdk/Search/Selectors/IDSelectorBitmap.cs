using System.Runtime.InteropServices;
using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>One bit for each label.</summary>
public sealed unsafe class IDSelectorBitmap : IDSelector
{
    private static readonly OptionalFunction NewFunction = new(nameof(FaissNative.faiss_IDSelectorBitmap_new));

    /// <summary>Selects label i where bit i mod 8 of byte i div 8 is set; labels beyond the bitmap are not selected.</summary>
    /// <param name="bitmap">The bitmap; it is copied.</param>
    /// <exception cref="NotSupportedException">The loaded FAISS is older than 1.11.0.</exception>
    /// <exception cref="FaissLibraryException">There is no native library.</exception>
    public IDSelectorBitmap(ReadOnlySpan<byte> bitmap)
        : base(New(bitmap))
    {
    }

    /// <summary>The length of the bitmap in bytes.</summary>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public int Length
    {
        get
        {
            using var selector = Handle.Acquire(this);
            return (int)FaissNative.faiss_IDSelectorBitmap_n((FaissIDSelectorBitmap*)selector.Pointer);
        }
    }

    /// <summary>A copy of the bitmap.</summary>
    /// <exception cref="ObjectDisposedException">The selector is disposed.</exception>
    public byte[] ToArray()
    {
        using var selector = Handle.Acquire(this);
        var bitmap = (FaissIDSelectorBitmap*)selector.Pointer;
        return new ReadOnlySpan<byte>(FaissNative.faiss_IDSelectorBitmap_bitmap(bitmap), (int)FaissNative.faiss_IDSelectorBitmap_n(bitmap)).ToArray();
    }

    private static IDSelectorHandle New(ReadOnlySpan<byte> bitmap)
    {
        NewFunction.Require();
        var memory = NativeMemory.Alloc((nuint)Math.Max(1, bitmap.Length));
        try
        {
            bitmap.CopyTo(new Span<byte>(memory, bitmap.Length));
            FaissIDSelectorBitmap* created = null;
            Status.ThrowIfFailed(FaissNative.faiss_IDSelectorBitmap_new(&created, (nuint)bitmap.Length, (byte*)memory));
            return new IDSelectorHandle((FaissIDSelector*)created, &Free, memory);
        }
        catch
        {
            NativeMemory.Free(memory);
            throw;
        }
    }

    private static void Free(FaissIDSelector* selector) => FaissNative.faiss_IDSelectorBitmap_free((FaissIDSelectorBitmap*)selector);
}
