using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Owns a native range-search result.</summary>
internal sealed unsafe class RangeSearchResultHandle(FaissRangeSearchResult* pointer) : TypedHandle<FaissRangeSearchResult>(pointer)
{
    protected override void Free() => FaissNative.faiss_RangeSearchResult_free(Pointer);
}
