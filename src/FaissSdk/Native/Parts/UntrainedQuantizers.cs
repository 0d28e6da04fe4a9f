using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Represents the quantizers that hold no centroids before a training: <see cref="KnownDefects.CentroidsOfFailedTraining"/>.</summary>
internal sealed unsafe class UntrainedQuantizers
{
    private readonly List<(nint Lists, nint Quantizer, bool IsNested)> _empty = [];

    private UntrainedQuantizers()
    {
    }

    /// <summary>Returns the empty quantizers of an index, each before those within it.</summary>
    public static UntrainedQuantizers Of(IndexPart whole)
    {
        var quantizers = new UntrainedQuantizers();
        if (KnownDefects.CentroidsOfFailedTraining.IsPresent)
        {
            quantizers.Add(whole, isNested: false);
        }

        return quantizers;
    }

    /// <summary>Empties the quantizers.</summary>
    public void Empty()
    {
        foreach (var (lists, quantizer, isNested) in _empty)
        {
            // FAISS trains lists within a quantizer once, and adds centroids to them afterwards.
            if (FaissNative.faiss_Index_ntotal((NativeIndex*)quantizer) > 0 && !(isNested && FaissNative.faiss_Index_is_trained((NativeIndex*)lists) != 0))
            {
                // Quantizers that are trained in their own way cannot be emptied.
                _ = FaissNative.faiss_Index_reset((NativeIndex*)quantizer);
            }
        }
    }

    private void Add(IndexPart part, bool isNested)
    {
        foreach (var inner in part.Parts)
        {
            var isQuantizer = inner.Role == "quantizer";
            if (inner.IsTransform || part.Object == 0 || inner.Object == 0 || part.IsBinary)
            {
                continue;
            }

            if (isQuantizer && FaissNative.faiss_Index_ntotal((NativeIndex*)inner.Object) == 0)
            {
                _empty.Add((part.Object, inner.Object, isNested));
            }

            Add(inner, isNested || isQuantizer);
        }
    }
}
