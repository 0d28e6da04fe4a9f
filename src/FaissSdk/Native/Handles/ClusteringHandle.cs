using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Owns a native clustering.</summary>
internal sealed unsafe class ClusteringHandle(FaissClustering* pointer) : TypedHandle<FaissClustering>(pointer)
{
    protected override void Free() => FaissNative.faiss_Clustering_free(Pointer);
}
