namespace FaissSdk.Native;

/// <summary>Estimates how many bytes an index takes when it is trained and filled, from the parts of an empty one.</summary>
internal static class SizeEstimate
{
    // The numbers that FAISS writes for an index of any class, such as its dimension.
    private const double Header = 64;
    private const double IdBytes = sizeof(long);
    private const double ComponentBytes = sizeof(float);

    /// <summary>Returns the number of bytes of a part that holds some vectors.</summary>
    /// <exception cref="NotSupportedException">There is no estimate for the class.</exception>
    public static double Of(IndexPart part, double count) => Header + (part switch
    {
        { IsIDMap: true } => (count * IdBytes) + Inner(part, count),
        { IsRefine: true } => Inner(part, count),
        { HoldsLists: true } => Lists(part, count),
        { Class: "IndexPreTransform" } => Inner(part, count) + part.Parts.Where(inner => inner.IsTransform).Sum(Transform),
        { IsGraph: true } => (count * Links(part)) + Inner(part, count),
        { IsFlat: true } => count * part.Dimension * ComponentBytes,
        _ => Codes(part, count),
    });

    private static double Inner(IndexPart part, double count) => part.Parts.Where(inner => !inner.IsTransform).Sum(inner => Of(inner, count));

    private static double Lists(IndexPart part, double count)
    {
        var quantizer = part.Parts.FirstOrDefault(inner => inner.Role == "quantizer") ?? throw Unknown(part);
        var centroids = quantizer.Class == "MultiIndexQuantizer" ? Codebook(quantizer, quantizer.Fact("subspace_bits", 0)) : Of(quantizer, part.ListCount);

        // The last block of a fast-scan list is half full on average.
        var held = count + (part.HoldsFastScanLists ? part.ListCount * part.Fact("block", 0) / 2.0 : 0);
        return centroids + (part.ListCount * IdBytes) + (held * part.Fact("code_size", 0)) + (count * IdBytes) + Encoder(part);
    }

    private static double Codes(IndexPart part, double count)
    {
        // Fast-scan codes are padded to an even number of 4-bit halves, and stored in whole blocks.
        if (part.Fact("block", 0) is > 0 and var block)
        {
            var halves = Math.Ceiling(part.Fact("subspaces", 0) / 2.0) * 2;
            return (Math.Ceiling(count / block) * block * halves / 2) + Encoder(part);
        }

        return part.Fact("code_size", 0) is > 0 and var size ? (count * size) + Encoder(part) : throw Unknown(part);
    }

    // Returns the size of what decodes the codes of vectors.
    private static double Encoder(IndexPart part) => part.Class switch
    {
        "IndexPQ" or "IndexPQFastScan" or "IndexIVFPQ" or "IndexIVFPQFastScan" => Codebook(part, part.Fact("subspace_bits", 0)),
        "IndexScalarQuantizer" or "IndexIVFScalarQuantizer" => part.Fact("quantizer_type", 0) is 0 or 1 or 6 ? 2 * part.Dimension * ComponentBytes : 0,
        "IndexLSH" => (part.Fact("rotates", 0) != 0 ? part.Fact("bits", 0) * part.Dimension * ComponentBytes : 0) + (part.Fact("trains_thresholds", 0) * part.Fact("bits", 0) * ComponentBytes),
        "IndexIVFFlat" => 0,
        _ => throw Unknown(part),
    };

    private static double Codebook(IndexPart part, long bits) => Math.Pow(2, bits) * part.Dimension * ComponentBytes;

    // A vector of an HNSW graph has 2·M links on the lowest level and M on each higher one; level l holds a share M⁻ˡ of the vectors.
    private static double Links(IndexPart part)
    {
        if (part.Fact("degree", 0) is not (> 1 and var degree) || !part.Class.Contains("HNSW", StringComparison.Ordinal))
        {
            throw Unknown(part);
        }

        const double LevelAndOffset = sizeof(int) + sizeof(long);
        return LevelAndOffset + (sizeof(int) * ((2 * degree) + (degree / (degree - 1.0))));
    }

    private static double Transform(IndexPart part)
    {
        double input = part.Fact("d_in", part.Dimension), output = part.Dimension;
        return Header + (ComponentBytes * part.Class switch
        {
            "PCAMatrix" => (2 * input) + (input * input) + (input * output) + output,
            "OPQMatrix" or "RandomRotationMatrix" => input * output,
            "RemapDimensionsTransform" => output,
            "CenteringTransform" => input,
            "NormalizationTransform" => 0,
            _ => throw Unknown(part),
        });
    }

    private static NotSupportedException Unknown(IndexPart part) =>
        new($"There is no estimate for '{(part.IsKnown ? part.Class : "a part that the library does not describe")}': build an index of some vectors, and compare its {nameof(FaissIndex.SizeInBytes)} with those vectors and with twice as many.");
}
