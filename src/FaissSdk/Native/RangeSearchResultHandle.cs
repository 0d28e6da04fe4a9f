using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Owns a native range-search result.</summary>
internal sealed unsafe class RangeSearchResultHandle(FaissRangeSearchResult* pointer) : NativeHandle<FaissRangeSearchResult>(pointer)
{
    protected override bool ReleaseHandle()
    {
        FaissNative.faiss_RangeSearchResult_free(Pointer);
        return true;
    }
}
