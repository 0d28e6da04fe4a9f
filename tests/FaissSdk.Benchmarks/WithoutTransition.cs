using System.Runtime.InteropServices;

namespace FaissSdk.Benchmarks;

/// <summary>The getters declared as calls that the garbage collector waits for, to see what that would save.</summary>
internal static unsafe class WithoutTransition
{
    [SuppressGCTransition]
    [DllImport("faiss_c", EntryPoint = "faiss_Index_ntotal", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    public static extern long Count(Interop.FaissIndex* index);

    [SuppressGCTransition]
    [DllImport("faiss_c", EntryPoint = "faiss_Index_d", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    public static extern int Dimension(Interop.FaissIndex* index);

    [SuppressGCTransition]
    [DllImport("faiss_c", EntryPoint = "faiss_Index_is_trained", CallingConvention = CallingConvention.Cdecl, ExactSpelling = true)]
    public static extern int IsTrained(Interop.FaissIndex* index);
}
