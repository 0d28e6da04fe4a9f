using System.Globalization;

namespace FaissSdk.Native;

/// <summary>Names an index by its parts, as a factory string does where there is one: <c>IVF256_HNSW32,PQ16</c>.</summary>
internal static class FactoryName
{
    private const int ByteBits = 8;

    // Indexed by FAISS's number of the type; the uniform types have no factory string.
    private static readonly string[] ScalarTypes =
    [
        "SQ8", "SQ4", "SQ8uniform", "SQ4uniform", "SQfp16", "SQ8_direct", "SQ6", "SQbf16", "SQ8_direct_signed", "SQ0",
        "SQtqmse1", "SQtqmse2", "SQtqmse3", "SQtqmse4", "SQtqmse8", "SQtq2", "SQtq3", "SQtq4", "SQtq5",
    ];

    /// <summary>Returns the factory string of a type of scalar quantizers, or <see langword="null"/> if it has none.</summary>
    public static string? OfScalars(ScalarQuantizerType type) =>
        type is ScalarQuantizerType.EightBitUniform or ScalarQuantizerType.FourBitUniform || (int)type >= ScalarTypes.Length ? null : ScalarTypes[(int)type];

    /// <summary>Returns the name of a part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="isWhole">Whether the name contains all that the library describes: otherwise a factory string, if the index was created from one, is the better name.</param>
    /// <returns>The name.</returns>
    public static string Of(IndexPart part, out bool isWhole)
    {
        isWhole = true;
        return Name(part, ref isWhole);
    }

    private static string Name(IndexPart part, ref bool isWhole)
    {
        if (part.IsIDMap)
        {
            return $"{(part.IsIDMap2 ? "IDMap2" : "IDMap")},{Inner(part, "index", ref isWhole)}";
        }

        if (part.HoldsLists)
        {
            return $"{(part.IsBinary ? "B" : "")}{Lists(part, ref isWhole)}{(part.IsBinary ? "" : "," + Codec(part, "IndexIVF", ref isWhole))}";
        }

        if (part.IsRefine)
        {
            var refine = Inner(part, "refine", ref isWhole);
            return $"{Inner(part, "base", ref isWhole)},{(refine == "Flat" ? "RFlat" : $"Refine({refine})")}";
        }

        if (part.IsShards || part.Parts.Any(inner => inner.Role == "replica"))
        {
            isWhole = false;
            return $"{(part.IsShards ? "Shards" : "Replicas")}({Several(part, ref isWhole)})";
        }

        if (part.IsGraph)
        {
            return Graph(part, ref isWhole);
        }

        if (part.Class == "IndexPreTransform")
        {
            var names = new List<string>();
            foreach (var inner in part.Parts)
            {
                names.Add(inner.IsTransform ? Transform(inner, ref isWhole) : Name(inner, ref isWhole));
            }

            return string.Join(',', names);
        }

        return part.IsFlat ? part.IsBinary ? "BFlat" : Flat(part, ref isWhole) : Codec(part, "Index", ref isWhole);
    }

    private static string Flat(IndexPart part, ref bool isWhole) => !part.IsKnown || part.Class is "IndexFlat" or "IndexFlatL2" or "IndexFlatIP" ? "Flat" : Unnamed(part, "Index", ref isWhole);

    private static string Inner(IndexPart part, string role, ref bool isWhole) =>
        part.Parts.FirstOrDefault(inner => inner.Role == role) is { } inner ? Name(inner, ref isWhole) : "?";

    private static string Several(IndexPart part, ref bool isWhole)
    {
        var names = new List<string>();
        foreach (var inner in part.Parts)
        {
            names.Add(Name(inner, ref isWhole));
        }

        return string.Join(" + ", names.GroupBy(name => name).Select(group => group.Count() == 1 ? group.Key : $"{group.Count()} × {group.Key}"));
    }

    private static string Lists(IndexPart part, ref bool isWhole)
    {
        var quantizer = part.Parts.FirstOrDefault(inner => inner.Role == "quantizer");
        if (quantizer?.Class == "MultiIndexQuantizer")
        {
            return Number("IMI", quantizer, "subspaces", ref isWhole) + Number("x", quantizer, "subspace_bits", ref isWhole);
        }

        var lists = string.Create(CultureInfo.InvariantCulture, $"IVF{part.ListCount}");
        if (quantizer is null || quantizer.IsFlat)
        {
            return lists;
        }

        var name = Name(quantizer, ref isWhole);
        return (quantizer.IsGraph || part.IsBinary) && name.EndsWith(",Flat", StringComparison.Ordinal) ? $"{lists}_{name[..^",Flat".Length]}"
            : part.IsBinary ? $"{lists}_{name.TrimStart('B')}"
            : $"{lists}({name})";
    }

    private static string Graph(IndexPart part, ref bool isWhole)
    {
        isWhole &= part.Class is "IndexHNSWFlat" or "IndexHNSWSQ" or "IndexHNSWPQ" or "IndexNSGFlat" or "IndexNSGSQ" or "IndexNSGPQ" or "IndexBinaryHNSW";
        var kind = part.Class.Contains("NSG", StringComparison.Ordinal) ? Number("NSG", part, "links", ref isWhole)
            : part.Class.Contains("HNSW", StringComparison.Ordinal) ? Number("HNSW", part, "degree", ref isWhole)
            : Unnamed(part, "Index", ref isWhole);
        return part.IsBinary ? "B" + kind : $"{kind},{Inner(part, "storage", ref isWhole)}";
    }

    private static string Transform(IndexPart part, ref bool isWhole)
    {
        var size = part.Dimension.ToString(CultureInfo.InvariantCulture);
        switch (part.Class)
        {
            case "PCAMatrix":
                // The library does not describe whether components are scaled or rotated.
                isWhole = false;
                return "PCA" + size;
            case "OPQMatrix":
                return Number("OPQ", part, "subspaces", ref isWhole) + (part.Dimension == part.Fact("d_in", part.Dimension) ? "" : "_" + size);
            case "RandomRotationMatrix":
                return "RR" + size;
            case "HadamardRotation":
                return "HR" + size;
            case "ITQTransform":
                return "ITQ" + size;
            case "NormalizationTransform":
                return "L2norm";
            case "RemapDimensionsTransform":
                isWhole = false;
                return "Pad" + size;
            default:
                isWhole = false;
                return part.Class.Replace("Transform", "", StringComparison.Ordinal).Replace("Matrix", "", StringComparison.Ordinal);
        }
    }

    private static string Codec(IndexPart part, string prefix, ref bool isWhole)
    {
        var kind = part.Class.StartsWith(prefix, StringComparison.Ordinal) ? part.Class[prefix.Length..] : part.Class;
        switch (kind)
        {
            case "Flat" or "FlatDedup":
                return kind;
            case "ScalarQuantizer" when part.Fact("quantizer_type", -1) is >= 0 and var type && type < ScalarTypes.Length:
                return ScalarTypes[type];
            case "PQ" or "PQFastScan":
                var bits = part.Fact("subspace_bits", ByteBits);
                return Number("PQ", part, "subspaces", ref isWhole) + (bits == ByteBits ? "" : string.Create(CultureInfo.InvariantCulture, $"x{bits}")) + (kind == "PQ" ? "" : "fs");
            case "PQR":
                return Number("PQ", part, "subspaces", ref isWhole) + Number("+", part, "refine_subspaces", ref isWhole);
            case "ResidualQuantizer" when part.Fact("steps", 0) is > 0 and var steps:
                // The library does not describe how norms are stored.
                isWhole = false;
                return string.Create(CultureInfo.InvariantCulture, $"RQ{steps}x{part.Fact("step_bits", 0)}");
            case "RaBitQ" when part.Fact("component_bits", 0) is > 0 and var componentBits:
                return "RaBitQ" + (componentBits == 1 ? "" : componentBits.ToString(CultureInfo.InvariantCulture));
            case "LSH":
                var hashes = part.Fact("bits", part.Dimension);
                return $"LSH{(hashes == part.Dimension ? "" : hashes.ToString(CultureInfo.InvariantCulture))}{(part.Fact("rotates", 0) != 0 ? "r" : "")}{(part.Fact("trains_thresholds", 0) != 0 ? "t" : "")}";
            default:
                return Unnamed(part, prefix, ref isWhole);
        }
    }

    private static string Unnamed(IndexPart part, string prefix, ref bool isWhole)
    {
        isWhole = false;
        return part.Class.StartsWith(prefix, StringComparison.Ordinal) ? part.Class[prefix.Length..] : part.Class;
    }

    private static string Number(string kind, IndexPart part, string fact, ref bool isWhole)
    {
        var number = part.Fact(fact, 0);
        isWhole &= number > 0;
        return number > 0 ? string.Create(CultureInfo.InvariantCulture, $"{kind}{number}") : kind;
    }
}
