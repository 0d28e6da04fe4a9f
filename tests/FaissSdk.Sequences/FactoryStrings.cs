namespace FaissSdk.Sequences;

/// <summary>Makes factory strings at random. Some need a newer FAISS than the loaded one, or do not fit the dimension: an exception is expected then.</summary>
internal static class FactoryStrings
{
    public static string[] Families { get; } =
    [
        "Flat", "SQ", "PQ", "PQfs", "LSH", "Additive", "AdditiveFs", "RaBitQ", "Panorama", "Eden",
        "IVFFlat", "IVFSQ", "IVFPQ", "IVFPQfs", "IVFAdditive", "IVFAdditiveFs", "IVFPQR", "IVFRaBitQ", "IVFSH", "IVFDedup", "IVFPanorama", "TwoLayer", "IMI",
        "HNSW", "HNSWCodes", "NSG", "Any", "Any",
    ];

    public static string[] ExactFamilies { get; } = ["Flat", "Flat", "IVFFlat", "IVFFlat"];

    public static string Make(Random random, string family, int dimension, bool isExact)
    {
        var text = Core(random, family == "Any" ? Families[random.Next(Families.Length - 2)] : family, dimension);
        if (random.Next(4) == 0)
        {
            text += isExact || random.Next(2) == 0 ? ",RFlat" : Of(random, ",Refine(SQ8)", ",Refine(SQfp16)", ",Refine(SQ4)", ",Refine(Flat)", ",Refine(PQ2x4)");
        }

        if (random.Next(5) == 0)
        {
            text = (isExact ? $"RR{dimension}," : Transform(random, dimension)) + text;
        }

        if (random.Next(4) == 0)
        {
            text = Of(random, "IDMap,", "IDMap2,") + text;
        }

        return text;
    }

    private static string Core(Random random, string family, int d) => family switch
    {
        "Flat" => "Flat",
        "SQ" => Scalar(random),
        "PQ" => Product(random, d),
        "PQfs" => Fast(random, d),
        "LSH" => Of(random, "LSH", "LSHr", "LSHrt", "LSHt"),
        "Additive" => Additive(random),
        "AdditiveFs" => AdditiveFast(random),
        "RaBitQ" => Of(random, "RaBitQ", "RaBitQ4", "RaBitQfs", "RaBitQ2fs"),
        "Panorama" => Of(random, $"FlatL2Panorama{Levels(random)}", $"HNSW8_FlatPanorama{Levels(random)}"),
        "Eden" => Of(random, "EDEN1", "EDEN2", "EDEN4"),
        "IVFFlat" => $"{Lists(random)},Flat",
        "IVFSQ" => $"{Lists(random)},{Scalar(random)}",
        "IVFPQ" => $"{Lists(random)},{Product(random, d)}",
        "IVFPQfs" => $"{Lists(random)},{Fast(random, d)}",
        "IVFAdditive" => $"{Lists(random)},{Additive(random)}",
        "IVFAdditiveFs" => $"{Lists(random)},{AdditiveFast(random)}",
        "IVFPQR" => $"{Lists(random)},PQ{Divisor(random, d)}+{Divisor(random, d)}",
        "IVFRaBitQ" => $"{Lists(random)},{Of(random, "RaBitQ", "RaBitQ4", "RaBitQfs", "EDEN2")}",
        "IVFSH" => $"{Lists(random)},{Of(random, $"ITQ{Less(random, d)},SH", "SH", "LSH")}",
        "IVFDedup" => $"{Lists(random)},FlatDedup",
        "IVFPanorama" => $"{Lists(random)},FlatPanorama{Levels(random)}",
        "TwoLayer" => $"IVF{Of(random, "4", "8", "16")}({Of(random, "IVF4,Flat", "IVF2,SQ8", "IVF8,Flat", "IMI2x2,Flat", "SQ8", "PQ2x4", "HNSW8", "RCQ1x3", "LSH", "IVF2,PQ2x4fs")}),{Of(random, "Flat", "SQ8", Product(random, d))}",
        "IMI" => $"IMI2x{random.Next(1, 5)},{Of(random, "Flat", "SQ8", Product(random, d))}",
        "HNSW" => Of(random, "HNSW2", "HNSW4", "HNSW8", "HNSW16"),
        "HNSWCodes" => Of(random, "HNSW8,SQ8", "HNSW4,SQ4", "HNSW8_SQ8", $"HNSW8_PQ{Divisor(random, d)}x4", $"HNSW4_4+PQ{Divisor(random, d)}", "HNSW8,SQfp16", $"HNSW8_{Divisor(random, d)}+PQ{Divisor(random, d)}x4"),
        _ => Of(random, "NSG8", "NSG16,Flat", "NSG8,SQ8", $"NSG8_PQ{Divisor(random, d)}x4", "IVF16_NSG8,Flat"),
    };

    private static string Lists(Random random) => $"IVF{Of(random, "1", "2", "4", "4", "8", "16")}" + (random.Next(8) == 0 ? "_HNSW8" : "");

    private static string Scalar(Random random) =>
        Of(random, "SQ8", "SQ8", "SQ4", "SQ6", "SQfp16", "SQbf16", "SQ8_direct", "SQ8_direct_signed", "SQtq4", "SQtqmse2", "SQ0");

    private static string Product(Random random, int d) =>
        $"PQ{Divisor(random, d)}" + Of(random, "x4", "x4", "x4np", "x5", "x2", "x6np", "x3");

    private static string Fast(Random random, int d) => $"PQ{Divisor(random, d)}x4fs" + Of(random, "", "", "_32", "_64", "r");

    private static string Additive(Random random) =>
        Of(random, "RQ2x4", "RQ1x3", "RQ3x3_Nfloat", "RQ2x4_Nqint8", "LSQ2x3", "PRQ2x2x3", "PLSQ2x1x3", "RQ2x4_Nnone");

    private static string AdditiveFast(Random random) =>
        Of(random, "RQ2x4fs_32_Nrq2x4", "LSQ2x4fs_32_Nlsq2x4", "PRQ2x2x4fs_32_Nrq2x4", "PLSQ2x1x4fs_32_Nlsq2x4");

    private static string Transform(Random random, int d) =>
        Of(random, $"PCA{Less(random, d)}", $"PCAR{d}", $"PCAW{Less(random, d)}", $"OPQ{Divisor(random, d)}", $"OPQ{Divisor(random, d)}_{d}", $"RR{d}", $"RR{Less(random, d)}", "L2norm", "ITQ", $"Pad{d + random.Next(4)}", $"HR{d}") + ",";

    private static string Levels(Random random) => Of(random, "1", "2", "4", "8");

    private static int Less(Random random, int d) => random.Next(1, d + 1);

    private static int Divisor(Random random, int d)
    {
        int[] divisors = [.. Enumerable.Range(1, d).Where(one => d % one == 0 && one <= 16)];
        return divisors[random.Next(divisors.Length)];
    }

    private static string Of(Random random, params string[] options) => options[random.Next(options.Length)];
}
