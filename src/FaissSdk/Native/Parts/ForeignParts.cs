using System.Globalization;
using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Describes the parts of an index of a library that cannot describe them itself, as far as the C API and the beginning of the serialized form show them.</summary>
/// <remarks>
/// The C API gives the parts of transforms, ID maps and inverted lists. It hides the base and the refinement of a refining index,
/// the storage of a graph, the parts of shards and replicas that a file contains, and the parts of binary indexes: those become
/// parts of the class <see cref="IndexPart.UnknownClass"/>. For the first part of a refining index and of a binary ID map the
/// serialized form shows the code, which follows the header.
/// </remarks>
internal static unsafe class ForeignParts
{
    // The code, d, the number of vectors, two numbers that FAISS no longer uses, whether the index is trained, and the metric.
    private const int HeaderSize = 4 + 4 + 8 + 8 + 8 + 1 + 4;
    private const int CodeLength = 4;

    // Kinds whose codes begin with something that the C API does not show.
    private static readonly string[] Prefixed = ["IRMf", "IRMh", "Ix2L"];
    private static readonly string[] Graphs = ["IHNf", "IHNp", "IHNs", "IHN2", "IHc2", "IH00", "IHfP", "INSf", "INSp", "INSs", "INNf"];

    /// <summary>Describes an index and all its parts.</summary>
    public static IndexPart Of(NativeIndex* index, string role = "index")
    {
        var facts = Facts((nint)index, FaissNative.faiss_Index_d(index), FaissNative.faiss_Index_ntotal(index), FaissNative.faiss_Index_is_trained(index));
        facts["metric"] = Invariant((int)FaissNative.faiss_Index_metric_type(index));
        var parts = new List<IndexPart>();
        if (FaissNative.faiss_IndexIVF_cast(index) is var lists && lists != null)
        {
            facts["nlist"] = Invariant((long)FaissNative.faiss_IndexIVF_nlist(lists));
            facts["nprobe"] = Invariant((long)FaissNative.faiss_IndexIVF_nprobe(lists));
            parts.Add(Of(FaissNative.faiss_IndexIVF_quantizer(lists), "quantizer"));
        }
        else if (FaissNative.faiss_IndexIDMap_cast(index) != null)
        {
            nuint size;
            long* ids;
            FaissNative.faiss_IndexIDMap_id_map(index, &ids, &size);
            facts["ids"] = Invariant((long)size);
            if (FaissNative.faiss_IndexIDMap2_cast(index) != null)
            {
                facts["positions"] = facts["ids"];
            }

            parts.Add(Of(FaissNative.faiss_IndexIDMap_sub_index(index)));
        }
        else if (FaissNative.faiss_IndexPreTransform_cast(index) != null)
        {
            parts.Add(Of(FaissNative.faiss_IndexPreTransform_index(index)));
        }
        else
        {
            // Metrics beyond the inner product and L2 have an argument, which lengthens the header.
            var header = HeaderSize + (FaissNative.faiss_Index_metric_type(index) > FaissMetricType.METRIC_L2 ? sizeof(float) : 0);
            if (FaissNative.faiss_IndexRefineFlat_cast(index) != null)
            {
                facts["k_factor"] = FaissNative.faiss_IndexRefineFlat_k_factor(index).ToString("R", CultureInfo.InvariantCulture);
            }

            AddHidden(index, parts, CFile.Beginning(index, header + CodeLength), header);
        }

        var code = IndexKind.CodeOf(index);
        return new IndexPart(role, ClassOf(index, code, facts), facts, parts);
    }

    /// <summary>Describes a binary index and all its parts.</summary>
    public static IndexPart Of(FaissIndexBinary* index)
    {
        var kind = BinaryIndexKind.Of(index);
        var facts = Facts((nint)index, FaissNative.faiss_IndexBinary_d(index), FaissNative.faiss_IndexBinary_ntotal(index), FaissNative.faiss_IndexBinary_is_trained(index));
        var parts = new List<IndexPart>();
        if (kind.IsIDMap)
        {
            facts["ids"] = facts["n"];
        }

        if (kind.IsIVF)
        {
            facts["nprobe"] = "1";
        }

        if (!kind.IsFlat && !kind.IsHash)
        {
            parts.Add(Unknown(kind.IsIDMap ? "index" : kind.IsIVF ? "quantizer" : "storage", kind.Inner, kind.HoldsFlat));
        }

        return new IndexPart("index", kind.IsFlat ? "IndexBinaryFlat" : kind.IsHash ? "IndexBinaryHash" : kind.Outer, facts, parts);
    }

    // Names the classes that guards ask for; for others, the code takes the place of the class.
    private static string ClassOf(NativeIndex* index, string code, Dictionary<string, string> facts)
    {
        if (FaissNative.faiss_IndexLSH_cast(index) is var hashes && hashes != null)
        {
            facts["trains_thresholds"] = Invariant(FaissNative.faiss_IndexLSH_train_thresholds(hashes));
            return "IndexLSH";
        }

        return FaissNative.faiss_IndexFlat1D_cast(index) != null ? "IndexFlat1D"
            : FaissNative.faiss_IndexFlat_cast(index) != null ? "IndexFlat"
            : FaissNative.faiss_IndexIVFFlat_cast(index) != null ? "IndexIVFFlat"
            : code == "IHNf" ? "IndexHNSWFlat"
            : code;
    }

    private static void AddHidden(NativeIndex* index, List<IndexPart> parts, string beginning, int header)
    {
        var code = beginning.Length >= CodeLength ? beginning[..CodeLength] : "";
        if (code is "IxRF" or "IxRP")
        {
            parts.Add(Unknown("base", beginning.Length > header ? beginning[header..] : ""));
            parts.Add(FaissNative.faiss_IndexRefineFlat_cast(index) != null ? new IndexPart("refine", "flat", new Dictionary<string, string>(StringComparer.Ordinal), []) : Unknown("refine", ""));
        }
        else if (Prefixed.Contains(code))
        {
            parts.Add(Unknown("index", beginning.Length > header ? beginning[header..] : ""));
        }
        else if (code.Length == 0 || Graphs.Contains(code))
        {
            parts.Add(Unknown(code.Length == 0 ? "shard" : "storage", "", code == "IHNf"));
        }
    }

    private static IndexPart Unknown(string role, string code, bool isFlat = false) =>
        new(role, IndexPart.UnknownClass, new Dictionary<string, string>(StringComparer.Ordinal) { ["code"] = code, ["flat"] = isFlat ? "1" : "0" }, []);

    private static Dictionary<string, string> Facts(nint index, int d, long n, int trained) => new(StringComparer.Ordinal)
    {
        ["object"] = Invariant(index),
        ["d"] = Invariant(d),
        ["n"] = Invariant(n),
        ["trained"] = Invariant(trained),
    };

    private static string Invariant(long number) => number.ToString(CultureInfo.InvariantCulture);
}
