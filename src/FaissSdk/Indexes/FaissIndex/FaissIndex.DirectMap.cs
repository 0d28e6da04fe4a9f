using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <content>The table that finds a vector of inverted lists by its id.</content>
public abstract unsafe partial class FaissIndex
{
    private static readonly OptionalFunction DirectMapFunction = new(nameof(FaissNative.faiss_sdk_make_direct_map), "A direct map as a hash table");

    /// <summary>Gets a value indicating whether <see cref="MakeDirectMap(bool)"/> was called last to create the table.</summary>
    private protected bool KeepsDirectMap { get; private set; }

    /// <summary>Creates the table that finds a vector by its id, which <see cref="Reconstruct(long)"/> needs for inverted lists, or drops it; for the lists of this index or, if it is made of others, of its parts.</summary>
    /// <remarks>Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>; <see cref="AsConcurrent"/> waits instead. The table needs ids from 0 to <see cref="Count"/> − 1 in the lists.</remarks>
    /// <param name="maintain"><see langword="true"/> to create the table; <see langword="false"/> to drop it.</param>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, it is mapped from its file, or an id is not between 0 and <see cref="Count"/> − 1.</exception>
    /// <exception cref="NotSupportedException">The index has no inverted lists.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void MakeDirectMap(bool maintain = true) => MakeDirectMap(maintain ? DirectMapType.Array : DirectMapType.None);

    /// <summary>Creates the table that finds a vector by its id, or drops it; for the lists of this index or, if it is made of others, of its parts.</summary>
    /// <remarks>
    /// Requires exclusive access: if another call on the index or on one of its parts is running, the later call throws an <see cref="InvalidOperationException"/>;
    /// <see cref="AsConcurrent"/> waits instead. The table is saved with the index, and copied with it. With a hash table, additions accept
    /// only ids that the index does not hold.
    /// </remarks>
    /// <param name="type">The table. An array needs ids from 0 to <see cref="Count"/> − 1 in the lists, a hash table ids that differ.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="type"/> is not a <see cref="DirectMapType"/>.</exception>
    /// <exception cref="InvalidOperationException">The index is not trained, another index is made of it, it is mapped from its file, an id is not between 0 and <see cref="Count"/> − 1, or (with a hash table) two vectors have the same id.</exception>
    /// <exception cref="NotSupportedException">The index has no inverted lists; or, with a hash table, its lists are fast-scan, Panorama or <c>FlatDedup</c> lists or refine by position, or the library is not from a FaissSdk package.</exception>
    /// <exception cref="FaissException">FAISS rejected the call.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void MakeDirectMap(DirectMapType type)
    {
        if (!Enum.IsDefined(type))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, $"type is not a {nameof(DirectMapType)}.");
        }

        using var index = Handle.AcquireToChange(this);
        CheckChangeable(index.Pointer);
        var lists = Parts.VectorParts.Where(part => part.HoldsLists && part.Object != 0).ToArray();
        if (lists.Length == 0)
        {
            throw new NotSupportedException($"This {GetType().Name} has no inverted lists{(Parts.IsWhollyKnown ? "" : " that the FAISS library describes")}; only those need a direct map.");
        }

        foreach (var part in lists)
        {
            MakeDirectMap((NativeIndex*)part.Object, type);
        }

        KeepsDirectMap = type != DirectMapType.None;
    }

    private static void MakeDirectMap(NativeIndex* lists, DirectMapType type)
    {
        if (type == DirectMapType.Hashtable)
        {
            DirectMapFunction.Require();
            long repeated;
            ThrowIfRefused(FaissNative.faiss_sdk_make_direct_map(lists, (int)type, &repeated), "A hash table");
            if (repeated >= 0)
            {
                throw new InvalidOperationException($"A hash table needs ids that differ, and {repeated} is the id of two vectors: remove it, or leave out the table.");
            }

            return;
        }

        var count = FaissNative.faiss_Index_ntotal(lists);
        if (type == DirectMapType.Array && KnownDefects.DirectMapIds.IsPresent && Quantizers.IdBeyond(lists, count) is { } id)
        {
            throw new InvalidOperationException($"A direct map of this type needs ids from 0 to {count - 1}, and there is {id}; a hash table ({nameof(DirectMapType)}.{nameof(DirectMapType.Hashtable)}) accepts any ids.");
        }

        Status.ThrowIfFailed(FaissNative.faiss_IndexIVF_make_direct_map(lists, type == DirectMapType.Array ? 1 : 0));
    }
}
