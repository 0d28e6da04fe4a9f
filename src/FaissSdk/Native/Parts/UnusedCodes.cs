using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Clears what removals and merges leave in blocks of fast-scan codes: <see cref="KnownDefects.FastScanTails"/>.</summary>
internal static unsafe class UnusedCodes
{
    private static readonly OptionalFunction ClearFunction = new(nameof(FaissNative.faiss_sdk_clear_unused_codes));

    /// <summary>Returns whether codes of vectors that are added after a removal or a merge would be wrong.</summary>
    public static bool Spoil(IndexPart index) => !ClearFunction.IsPresent && KnownDefects.FastScanTails.IsPresent && index.MayHold(KnownDefects.FastScanTails.Kinds);

    /// <summary>Clears the unused codes of an index and its parts.</summary>
    public static void Clear(IndexPart index)
    {
        if (!ClearFunction.IsPresent || !KnownDefects.FastScanTails.IsPresent || !index.MayHold(KnownDefects.FastScanTails.Kinds))
        {
            return;
        }

        foreach (var part in index.VectorParts)
        {
            if (part.Object != 0 && !part.IsTransform)
            {
                Status.ThrowIfFailed(FaissNative.faiss_sdk_clear_unused_codes((NativeIndex*)part.Object));
            }
        }
    }
}
