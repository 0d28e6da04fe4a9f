using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Owns native search parameters.</summary>
internal sealed unsafe class SearchParametersHandle(FaissSearchParameters* pointer, delegate*<FaissSearchParameters*, void> free)
    : TypedHandle<FaissSearchParameters>(pointer)
{
    protected override void Free() => free(Pointer);
}
