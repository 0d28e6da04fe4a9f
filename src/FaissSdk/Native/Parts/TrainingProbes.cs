using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Lets quantizers that consist of inverted lists visit all of these while an index is trained.</summary>
/// <remarks>
/// An encoder is trained by the differences between vectors and the centroids that the quantizer finds for them. A quantizer that
/// gets its centroids in the same call visits few of its own lists until the user sets that, and most of them can be empty.
/// </remarks>
internal sealed unsafe class TrainingProbes : IDisposable
{
    private readonly List<(nint Lists, nuint Probes)> _changed = [];

    private TrainingProbes()
    {
    }

    /// <summary>Sets the number of probes of quantizers without centroids, until the object is disposed; checks those that have their centroids, which other indexes may search.</summary>
    /// <exception cref="InvalidOperationException">A quantizer with centroids may find none for a vector.</exception>
    /// <exception cref="NotSupportedException">The library does not show whether a quantizer finds a centroid.</exception>
    public static TrainingProbes Widen(NativeIndex* index)
    {
        var probes = new TrainingProbes();
        try
        {
            foreach (var part in NativeParts.Of(index).All.Where(part => part.HoldsLists && part.EncodesResiduals))
            {
                foreach (var quantizer in part.Parts.Where(inner => inner.Role == "quantizer"))
                {
                    probes.Add(quantizer, isComplete: quantizer.Count == part.ListCount);
                }
            }

            return probes;
        }
        catch
        {
            probes.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var (lists, probes) in _changed)
        {
            FaissNative.faiss_IndexIVF_set_nprobe((NativeIndex*)lists, probes);
        }
    }

    private void Add(IndexPart quantizer, bool isComplete)
    {
        foreach (var nested in quantizer.All)
        {
            if (isComplete ? nested.HoldsLists : !nested.IsKnown && nested.Text("code").StartsWith("Iw", StringComparison.Ordinal))
            {
                Quantizers.CheckFindsLists(nested);
            }
            else if (nested.HoldsLists)
            {
                var lists = (NativeIndex*)nested.Object;
                _changed.Add((nested.Object, FaissNative.faiss_IndexIVF_nprobe(lists)));
                FaissNative.faiss_IndexIVF_set_nprobe(lists, FaissNative.faiss_IndexIVF_nlist(lists));
            }
        }
    }
}
