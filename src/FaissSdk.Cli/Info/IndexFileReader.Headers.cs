using System.Globalization;

namespace FaissSdk.Cli;

/// <content>Reads what all kinds of index begin with, transforms and inverted lists.</content>
internal sealed partial class IndexFileReader
{
    private const int HashtableMap = 2;

    private static string MetricName(int metric) => metric switch
    {
        0 => "InnerProduct",
        1 => "L2",
        2 => "L1",
        3 => "Linf",
        4 => "Lp",
        20 => "Canberra",
        21 => "BrayCurtis",
        22 => "JensenShannon",
        23 => "Jaccard",
        24 => "NaNEuclidean",
        25 => "Gower",
        _ => string.Create(CultureInfo.InvariantCulture, $"metric {metric}"),
    };

    /// <summary>Reads dimension, count, state and metric.</summary>
    private (int Dimension, long Count) Header(IndexNode node)
    {
        var start = _stream.Position;
        var dimension = Int32("the dimension");
        if (dimension < 0)
        {
            throw Fault(start, string.Create(CultureInfo.InvariantCulture, $"the dimension is {dimension}"));
        }

        var count = Count("the number of vectors");
        Int64("a reserved field");
        Int64("a reserved field");
        Describe(node, dimension, count, "components");
        var isTrained = Boolean("the state of training");
        var metric = Int32("the metric");
        node.Add("metric", MetricName(metric), $"{MetricName(metric)}");
        if (metric > 1)
        {
            var argument = Single("the argument of the metric");
            node.Add("metricArgument", (double)argument, $"argument {argument:R}");
        }

        Untrained(node, isTrained);
        return (dimension, count);
    }

    private (int Dimension, long Count, int CodeSize) BinaryHeader(IndexNode node)
    {
        var start = _stream.Position;
        var dimension = Int32("the dimension");
        var codeSize = Int32("the size of a vector");
        var count = Count("the number of vectors");
        if (dimension < 0 || codeSize != dimension / 8)
        {
            throw Fault(start, string.Create(CultureInfo.InvariantCulture, $"the dimension is {dimension} bits, and a vector has {codeSize} bytes"));
        }

        Describe(node, dimension, count, "bits");
        var isTrained = Boolean("the state of training");
        Int32("the metric");
        node.Add("metric", "Hamming", $"Hamming");
        Untrained(node, isTrained);
        return (dimension, count, codeSize);
    }

    private static void Describe(IndexNode node, int dimension, long count, string unit)
    {
        node.Add("dimension", (long)dimension, $"d {dimension}{(unit == "bits" ? " bits" : "")}");
        node.Add("count", count, $"{count:N0} vectors");
    }

    private static void Untrained(IndexNode node, bool isTrained)
    {
        node.Add("isTrained", isTrained, $"{(isTrained ? "" : "not trained")}");
    }

    /// <summary>Reads the header of an index with inverted lists: number of lists, quantizer and direct map.</summary>
    private (int Dimension, long Lists) ListsHeader(IndexNode node, bool isBinary = false)
    {
        var dimension = isBinary ? BinaryHeader(node).Dimension : Header(node).Dimension;
        var lists = Count("the number of lists");
        node.Add("lists", lists, $"{lists:N0} lists");
        var probes = Count("the number of probes");
        node.Add("nprobe", probes, $"nprobe {probes}");
        Index(node, "quantizer");
        var map = Byte("the kind of the direct map");
        var entries = SkipArray("the direct map", sizeof(long));
        if (map == HashtableMap)
        {
            entries = SkipArray("the direct map", 2 * sizeof(long));
        }

        if (map != 0)
        {
            var name = map == HashtableMap ? "hash table" : "array";
            node.Add("directMap", name, $"direct map ({name} of {entries:N0} ids)");
        }

        return (dimension, lists);
    }

    private void InvertedLists(IndexNode node) => Part(node, "inverted lists", _lists, "kind of inverted lists");

    private Dictionary<string, (string, Action<IndexNode>)> Lists() => new()
    {
        ["ilar"] = ("ArrayInvertedLists", ReadArrayLists),
        ["ilbl"] = ("BlockInvertedLists", ReadBlockLists),
        ["ilod"] = ("OnDiskInvertedLists", ReadListsOnDisk),
        ["ilpn"] = ("ArrayInvertedListsPanorama", node => ReadPanoramaLists(node, hasBatchSize: false)),
        ["ilp2"] = ("ArrayInvertedListsPanorama", node => ReadPanoramaLists(node, hasBatchSize: true)),
    };

    private void ReadArrayLists(IndexNode node)
    {
        var (start, count, codeSize) = ListSizes(node);
        var sizes = Sizes(start, count);
        DescribeSizes(node, sizes);
        foreach (var size in sizes)
        {
            Skip(_stream.Position, "the codes and ids of a list", size, codeSize + sizeof(long));
        }
    }

    private void ReadPanoramaLists(IndexNode node, bool hasBatchSize)
    {
        var (start, count, codeSize) = ListSizes(node);
        var levels = Count("the number of levels");
        var batch = hasBatchSize ? Count("the size of a batch") : 128;
        if (batch is 0 or > 1 << 20 || levels is 0 or > 1 << 20)
        {
            throw Fault(start, string.Create(CultureInfo.InvariantCulture, $"the lists have {levels} levels and batches of {batch} vectors"));
        }

        node.Add("levels", levels, $"{levels} levels");
        var sizes = Sizes(start, count);
        DescribeSizes(node, sizes);
        foreach (var size in sizes)
        {
            var position = _stream.Position;
            CheckSize(position, "a list", size, 1);
            var padded = (size + batch - 1) / batch * batch;
            Skip(position, "the codes of a list", padded, codeSize);
            Skip(position, "the ids of a list", size, sizeof(long));
            Skip(position, "the sums of a list", padded, (levels + 1) * sizeof(float));
        }
    }

    private void ReadBlockLists(IndexNode node)
    {
        var (start, count) = (_stream.Position, Count("the number of lists"));
        node.Add("lists", count, $"{count:N0} lists");

        // Meaningless, and often -1: the codes of several vectors are packed.
        Int64("the size of a code");
        var perBlock = Count("the number of vectors in a block");
        node.Add("vectorsPerBlock", perBlock, $"blocks of {perBlock} vectors");
        Count("the size of a block");
        CheckSize(start, "the inverted lists", count, 2 * sizeof(long));
        var sizes = new long[count];
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = SkipArray("the ids of a list", sizeof(long));
            SkipArray("the codes of a list", 1);
        }

        DescribeSizes(node, sizes);
    }

    private void ReadListsOnDisk(IndexNode node)
    {
        var (_, count, _) = ListSizes(node);
        var start = _stream.Position;
        var lists = Count("the number of lists");
        CheckSize(start, "the table of lists", lists, 3 * sizeof(long));
        if (lists != count)
        {
            throw Fault(start, string.Create(CultureInfo.InvariantCulture, $"the table has {lists} lists instead of {count}"));
        }

        var sizes = new long[lists];
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = Count("the size of a list");
            Int64("the capacity of a list");
            Int64("the place of a list");
        }

        SkipArray("the table of free places", 2 * sizeof(long));
        start = _stream.Position;
        var length = Count("the length of the file name");
        CheckSize(start, "the file name", length, 1);
        var name = new byte[length];
        Fill(name, "the file name");
        var file = System.Text.Encoding.UTF8.GetString(name);
        node.Add("file", file, $"in the file {Excerpt.Of(file)}");
        var total = Count("the size of the lists' file");
        node.Add("fileSize", total, $"{total:N0} bytes");
        DescribeSizes(node, sizes);
    }

    private (long Start, long Count, long CodeSize) ListSizes(IndexNode node)
    {
        var start = _stream.Position;
        var count = Count("the number of lists");
        node.Add("lists", count, $"{count:N0} lists");
        var codeSize = Count("the size of a code");
        node.Add("codeSize", codeSize, $"{codeSize} bytes a code");
        return codeSize <= _length || count == 0 ? (start, count, codeSize) : throw Fault(start, string.Create(CultureInfo.InvariantCulture, $"a code has {codeSize} bytes"));
    }

    private long[] Sizes(long start, long count)
    {
        var form = Code();
        if (form == "full")
        {
            var sizes = ReadArray("the sizes of the lists");
            return sizes.LongLength == count ? sizes : throw Fault(start, string.Create(CultureInfo.InvariantCulture, $"the sizes of {sizes.LongLength} lists are given, and there are {count}"));
        }

        if (form != "sprs")
        {
            throw Fault(start, $"the sizes of the lists are stored as '{form}' instead of 'full' or 'sprs'");
        }

        // Sparse: most lists may be empty, so that their number is not bounded by the file.
        var pairs = ReadArray("the sizes of the lists");
        return [.. pairs.Where((_, i) => i % 2 == 1)];
    }

    private static void DescribeSizes(IndexNode node, long[] sizes)
    {
        var lists = node.Facts.First(fact => fact.Name == "lists").Value is long count ? count : sizes.LongLength;
        var filled = sizes.Where(size => size > 0).ToArray();
        var sum = filled.Sum(size => (double)size);
        node.Add("stored", sum, $"{sum:N0} vectors");
        if (filled.Length == 0)
        {
            return;
        }

        node.Add("emptyLists", lists - filled.Length, $"{lists - filled.Length:N0} empty");
        node.Add("largestList", filled.Max(), $"largest {filled.Max():N0}");
        var imbalance = filled.Sum(size => (double)size * size) * lists / (sum * sum);
        node.Add("imbalance", imbalance, $"imbalance {imbalance:0.00}");
    }

    private Dictionary<string, (string, Action<IndexNode>)> Transforms() => new()
    {
        ["rrot"] = ("RandomRotationMatrix", Linear),
        ["LTra"] = ("LinearTransform", Linear),
        ["PCAm"] = ("PCAMatrix", node => Pca(node, hasEpsilon: false, hasBins: false)),
        ["PcAm"] = ("PCAMatrix", node => Pca(node, hasEpsilon: false, hasBins: true)),
        ["Pcam"] = ("PCAMatrix", node => Pca(node, hasEpsilon: true, hasBins: true)),
        ["Viqm"] = ("ITQMatrix", node =>
        {
            Int32("the number of iterations");
            Int32("the seed");
            Linear(node);
        }),
        ["Viqt"] = ("ITQTransform", node =>
        {
            SkipArray("the mean", sizeof(float));
            Boolean("the use of PCA");
            Part(node, "rotation", _transforms, "transform");
            Part(node, "PCA and rotation", _transforms, "transform");
            Ends(node);
        }),
        ["RmDT"] = ("RemapDimensionsTransform", node =>
        {
            SkipArray("the map of dimensions", sizeof(int));
            Ends(node);
        }),
        ["VNrm"] = ("NormalizationTransform", node =>
        {
            var norm = Single("the norm");
            node.Add("norm", (double)norm, $"norm {norm:R}");
            Ends(node);
        }),
        ["VCnt"] = ("CenteringTransform", node =>
        {
            SkipArray("the mean", sizeof(float));
            Ends(node);
        }),
        ["HRot"] = ("HadamardRotation", node =>
        {
            Int32("the seed");
            Ends(node);
        }),
    };

    private void Pca(IndexNode node, bool hasEpsilon, bool hasBins)
    {
        var power = Single("the power of the eigenvalues");
        node.Add("eigenPower", (double)power, $"{(power == 0 ? "" : FormattableString.Invariant($"eigenvalues to the power {power:R}"))}");
        if (hasEpsilon)
        {
            Single("the least eigenvalue");
        }

        var rotates = Boolean("the random rotation");
        node.Add("randomRotation", rotates, $"{(rotates ? "random rotation" : "")}");
        if (hasBins)
        {
            Int32("the number of bins");
        }

        SkipArray("the mean", sizeof(float));
        SkipArray("the eigenvalues", sizeof(float));
        SkipArray("the eigenvectors", sizeof(float));
        Linear(node);
    }

    private void Linear(IndexNode node)
    {
        Boolean("the use of a bias");
        SkipArray("the matrix", sizeof(float));
        SkipArray("the bias", sizeof(float));
        Ends(node);
    }

    /// <summary>Reads the fields that every transform ends with.</summary>
    private void Ends(IndexNode node)
    {
        var (input, output) = (Int32("the input dimension"), Int32("the output dimension"));
        node.Add("inputDimension", (long)input, $"d {input} to {output}");
        node.Add("outputDimension", (long)output, $"");
        Untrained(node, Boolean("the state of training"));
    }
}
