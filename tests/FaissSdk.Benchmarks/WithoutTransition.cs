using System.Runtime.InteropServices;

namespace FaissSdk.Benchmarks;

/// <summary>Declares the getters without GC transition, so that the garbage collector waits for the calls, to measure what that would save.</summary>
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
