using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>Sizes.</content>
public abstract unsafe partial class IndexBinary
{
    private static readonly OptionalFunction SizeFunction = new(nameof(FaissNative.faiss_sdk_binary_index_size), "The size of a binary index");

    /// <summary>Gets the number of bytes of a file of the index, which is about the memory that it takes. No file is written.</summary>
    /// <remarks>May run concurrently with other calls that only read.</remarks>
    /// <exception cref="NotSupportedException">The native library was not built with FaissSdk's functions.</exception>
    /// <exception cref="FaissException">FAISS cannot write this kind of index.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public long SizeInBytes
    {
        get
        {
            using var index = Handle.Acquire(this);
            SizeFunction.Require();
            if (MapsAroundLostTables() is >= 0 and var maps)
            {
                return SizeWithTables(index.Pointer, maps);
            }

            nuint bytes = 0;
            Status.ThrowIfFailed(FaissNative.faiss_sdk_binary_index_size(index.Pointer, &bytes));
            return (long)bytes;
        }
    }
}
