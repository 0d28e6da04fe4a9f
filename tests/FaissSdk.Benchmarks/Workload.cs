using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaissSdk.Benchmarks;

/// <summary>Holds the indexes and buffers that all loops share: their addresses are the same for all, so that memory placement favors none.</summary>
internal sealed unsafe class Workload : IDisposable
{
    public const int Dimension = 128;
    public const int Held = 1_000;
    public const int QueryCount = 1_000;
    public const int K = 10;
    public const int Many = 100_000;

    public Workload()
    {
        NativeLoops.Fill(Pointer(Vectors), Vectors.Length, 1);
        NativeLoops.Fill(Pointer(Queries), Queries.Length, 2);
        Searched.Add(Vectors.AsSpan(0, Held * Dimension));
        SearchedPointer = PointerOf(Searched);
        GrowingPointer = PointerOf(Growing);
    }

    /// <summary>Gets the index that searches and getters use.</summary>
    public IndexFlatL2 Searched { get; } = new(Dimension);

    /// <summary>Gets the index that vectors are added to.</summary>
    public IndexFlatL2 Growing { get; } = new(Dimension);

    public Interop.FaissIndex* SearchedPointer { get; }

    public Interop.FaissIndex* GrowingPointer { get; }

    public float[] Vectors { get; } = GC.AllocateUninitializedArray<float>(Many * Dimension, pinned: true);

    public float[] Queries { get; } = GC.AllocateUninitializedArray<float>(QueryCount * Dimension, pinned: true);

    public float[] Distances { get; } = GC.AllocateUninitializedArray<float>(QueryCount * K, pinned: true);

    public long[] Labels { get; } = GC.AllocateUninitializedArray<long>(QueryCount * K, pinned: true);

    public static T* Pointer<T>(T[] pinned)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    public void Dispose()
    {
        Searched.Dispose();
        Growing.Dispose();
    }

    private static Interop.FaissIndex* PointerOf(FaissIndex index) => (Interop.FaissIndex*)index.Handle.DangerousGetHandle();
}
