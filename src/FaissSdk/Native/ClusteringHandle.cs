using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Owns a native clustering.</summary>
internal sealed unsafe class ClusteringHandle(FaissClustering* pointer) : NativeHandle<FaissClustering>(pointer)
{
    protected override bool ReleaseHandle()
    {
        FaissNative.faiss_Clustering_free(Pointer);
        return true;
    }
}
