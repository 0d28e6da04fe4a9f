using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Reads the parameters that <see cref="ParameterSpace"/> sets by name, and finds them in the same parts as FAISS does.</summary>
internal static unsafe class ParameterValues
{
    private const string OfQuantizer = "quantizer_";
    private const int MaxProbes = 1 << 12;

    private static readonly OptionalFunction WidthFunction = new(nameof(FaissNative.faiss_sdk_search_width));

    /// <summary>Returns the value of a parameter, or <see langword="null"/> if the index has none of that name, or the library does not show it.</summary>
    public static double? Read(IndexPart part, string name)
    {
        if (InnerOf(part) is { } inner)
        {
            return Read(inner, name);
        }

        if (part.Base is { } searched)
        {
            return name == "k_factor_rf" ? part.Factor : Read(searched, name);
        }

        return name switch
        {
            "nprobe" when part.HoldsLists => FaissNative.faiss_IndexIVF_nprobe((NativeIndex*)part.Object),
            "k_factor" when part.Class == "IndexIVFPQR" => part.Factor,
            "max_codes" when part.Facts.ContainsKey(name) => part.Fact(name, 0) is > 0 and var codes ? codes : double.PositiveInfinity,
            "ht" when part.Facts.ContainsKey(name) => part.Fact(name, 0),
            "efSearch" when Width(part) is { } width => width,
            "efSearch" when Quantizer(part) is { } graph => Width(graph),
            _ when name.StartsWith(OfQuantizer, StringComparison.Ordinal) && Quantizer(part) is { } quantizer => Read(quantizer, name[OfQuantizer.Length..]),
            _ => null,
        };
    }

    /// <summary>Returns whether a search reads a parameter that can be set.</summary>
    public static bool IsRead(IndexPart part, string name) =>
        (InnerOf(part) ?? part.Base) is { } inner ? IsRead(inner, name)
        : name.StartsWith(OfQuantizer, StringComparison.Ordinal) && Quantizer(part) is { } quantizer ? IsRead(quantizer, name[OfQuantizer.Length..])
        : name != "max_codes" || !part.HoldsFastScanLists || !KnownDefects.FastScanCodeLimit.IsPresent;

    /// <summary>Sets a parameter to a value that was read.</summary>
    public static void Restore(FaissIndex index, string name, double value)
    {
        index.SetParameter(name, value);

        // FAISS truncates the factor to an integer.
        if (name == "k_factor_rf" && value != Math.Truncate(value))
        {
            foreach (var part in index.Parts.VectorParts.Where(part => part.IsRefine))
            {
                FaissNative.faiss_IndexRefineFlat_set_k_factor((NativeIndex*)part.Object, (float)value);
            }
        }
    }

    /// <summary>Returns the parameters of an index, with values to try.</summary>
    public static List<ParameterRange> RangesOf(IndexPart part)
    {
        if (InnerOf(part) is { } inner)
        {
            return RangesOf(inner);
        }

        var ranges = new List<ParameterRange>();
        if (part.Base is { } searched)
        {
            ranges.Add(new ParameterRange("k_factor_rf", PowersOfTwo(1, 64)));
            ranges.AddRange(RangesOf(searched));
            return ranges;
        }

        if (part.HoldsLists)
        {
            ranges.Add(new ParameterRange("nprobe", [.. PowersOfTwo(1, Math.Min(part.ListCount - 1, MaxProbes)), .. part.ListCount <= MaxProbes ? [(double)part.ListCount] : Array.Empty<double>()]));
        }

        if (Quantizer(part) is { } quantizer)
        {
            ranges.AddRange(RangesOf(quantizer).Select(range => range with { Name = OfQuantizer + range.Name }));
            if (quantizer.Class is "MultiIndexQuantizer" or "MultiIndexQuantizer2" && part.Facts.ContainsKey("max_codes") && IsRead(part, "max_codes"))
            {
                ranges.Add(new ParameterRange("max_codes", [.. PowersOfTwo(1 << 8, 1 << 19), double.PositiveInfinity]));
            }
        }

        // Codes of other lengths cannot be compared by their bits.
        if (part.Fact("polysemous", 0) != 0 && part.Fact("code_size", 0) is var size && size % 4 == 0)
        {
            ranges.Add(new ParameterRange("ht", [.. Enumerable.Range(1, (int)size * 2).Select(step => step * 2.0), size * 8]));
        }

        if (part.Class == "IndexIVFPQR")
        {
            ranges.Add(new ParameterRange("k_factor", PowersOfTwo(1, 64)));
        }

        if (Width(part) is not null)
        {
            ranges.Add(new ParameterRange("efSearch", PowersOfTwo(8, 512)));
        }

        return ranges;
    }

    // The first shard represents all, because a parameter is set for all of them.
    private static IndexPart? InnerOf(IndexPart part) => part.Parts.FirstOrDefault(inner =>
        (inner.Role == "index" && (part.IsIDMap || part.Class == "IndexPreTransform")) || inner.Role is "shard" or "replica");

    private static IndexPart? Quantizer(IndexPart part) => part.HoldsLists ? part.Parts.FirstOrDefault(inner => inner.Role == "quantizer") : null;

    private static double? Width(IndexPart part) =>
        part.Object != 0 && part.IsFloat && WidthFunction.IsPresent && FaissNative.faiss_sdk_search_width((NativeIndex*)part.Object) is > 0 and var width ? width : null;

    private static double[] PowersOfTwo(long first, long last)
    {
        var powers = new List<double>();
        for (var power = first; power <= last; power *= 2)
        {
            powers.Add(power);
        }

        return [.. powers];
    }
}
