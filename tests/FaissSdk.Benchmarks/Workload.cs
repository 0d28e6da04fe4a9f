using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FaissSdk.Benchmarks;

/// <summary>The indexes and buffers that all sides work on: the same addresses, so that where memory lies favours none.</summary>
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

    /// <summary>The index that searches and getters go to.</summary>
    public IndexFlatL2 Searched { get; } = new(Dimension);

    /// <summary>The index that vectors are added to.</summary>
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
