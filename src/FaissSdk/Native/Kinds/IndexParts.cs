using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>What <see cref="IndexShards"/> and <see cref="IndexReplicas"/> have in common.</summary>
internal static unsafe class IndexParts
{
    // FAISS finds some of these out only after it has added the part.
    public static void CheckNew(FaissIndex whole, List<FaissIndex> parts, FaissIndex part, Interop.FaissIndex* native, string parameter)
    {
        if (whole.Handle.Refers(native) || parts.Exists(other => ReferenceEquals(other, part)) || parts.Exists(other => other.Handle.Refers(native)))
        {
            throw new ArgumentException($"{parameter} is in this index already.", parameter);
        }

        if (parts.Exists(other => other.Handle.IsClosed))
        {
            throw new InvalidOperationException("What this index is made of was given away to it; nothing can be added.");
        }

        if (part.Dimension != whole.Dimension)
        {
            throw new ArgumentException($"{parameter} has dimension {part.Dimension}, expected {whole.Dimension}.", parameter);
        }

        if (parts is [var first, ..] && (part.Metric != first.Metric || part.IsTrained != IsTrained(first)))
        {
            throw new ArgumentException(
                $"{parameter} compares by {part.Metric} and is {(part.IsTrained ? "" : "not ")}trained; the others compare by {first.Metric} and are {(IsTrained(first) ? "" : "not ")}trained.",
                parameter);
        }
    }

    public static void GiveAway(IndexHandle owner, List<FaissIndex> parts)
    {
        if (parts.Find(part => part.Handle.HolderCount > 1) is { } shared)
        {
            throw new InvalidOperationException($"Another index is made of this {shared.GetType().Name}; it cannot be given away.");
        }

        foreach (var part in parts)
        {
            owner.Return(part.Handle);
            part.Handle.GiveTo(owner);
            part.Dispose();
        }
    }

    public static void CheckTrained(FaissIndex whole, List<FaissIndex> parts)
    {
        if (parts.Count == 0)
        {
            throw new InvalidOperationException($"This {whole.GetType().Name} has no parts yet.");
        }

        if (!parts.TrueForAll(part => part.Handle.IsClosed || IsTrained(part)))
        {
            throw new InvalidOperationException($"The parts of this {whole.GetType().Name} are not trained: call {nameof(FaissIndex.Train)} first.");
        }
    }

    // Older versions answer with label 0 for an empty part.
    public static void CheckNoneIsEmpty(List<FaissIndex> parts, long count)
    {
        if (count > 0 && parts.Exists(part => !part.Handle.IsClosed && Count(part) == 0))
        {
            FaissLibrary.RequireVersion(1, 15, 0, "Searching shards of which one is empty");
        }
    }

    public static long Count(FaissIndex part)
    {
        using var index = part.Handle.AcquireHeld();
        return FaissNative.faiss_Index_ntotal(index.Pointer);
    }

    private static bool IsTrained(FaissIndex part)
    {
        using var index = part.Handle.AcquireHeld();
        return FaissNative.faiss_Index_is_trained(index.Pointer) != 0;
    }
}
