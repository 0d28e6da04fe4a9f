namespace FaissSdk.Cli;

/// <content>Reads the kinds of index.</content>
internal sealed partial class IndexFileReader
{
    private Dictionary<string, (string Kind, Action<IndexNode> Read)> Kinds()
    {
        var kinds = new Dictionary<string, (string Kind, Action<IndexNode> Read)>
        {
            ["IxF2"] = ("IndexFlatL2", Flat),
            ["IxFI"] = ("IndexFlatIP", Flat),
            ["IxFl"] = ("IndexFlat", Flat),
            ["IxFP"] = ("IndexFlatL2Panorama", Panorama),
            ["IxFp"] = ("IndexFlatIPPanorama", Panorama),
            ["IxHE"] = ("IndexLSH", LeaveAfterHeader),
            ["IxHe"] = ("IndexLSH", Lsh),
            ["IxPQ"] = ("IndexPQ", node => ProductCodes(node, hasSearch: false)),
            ["IxPo"] = ("IndexPQ", node => ProductCodes(node, hasSearch: true)),
            ["IxPq"] = ("IndexPQ", node => ProductCodes(node, hasSearch: true)),
            ["IPfs"] = ("IndexPQFastScan", PQFastScan),
            ["IxSQ"] = ("IndexScalarQuantizer", node => { var header = Header(node); ScalarQuantizer(node); Codes(header.Count); }),
            ["IxRq"] = ("IndexResidualQuantizer", node => Additive(node, ResidualQuantizer)),
            ["IxLS"] = ("IndexLocalSearchQuantizer", node => Additive(node, LocalSearchQuantizer)),
            ["IxPR"] = ("IndexProductResidualQuantizer", node => Additive(node, encoder => ProductAdditive(encoder, ResidualQuantizer))),
            ["IxPL"] = ("IndexProductLocalSearchQuantizer", node => Additive(node, encoder => ProductAdditive(encoder, LocalSearchQuantizer))),
            ["ImRQ"] = ("ResidualCoarseQuantizer", node =>
            {
                Header(node);
                ResidualQuantizer(node);
                Single("the beam factor");
            }),
            ["IxLa"] = ("IndexLattice", Lattice),
            ["Imiq"] = ("MultiIndexQuantizer", node => { Header(node); ProductQuantizer(node); }),
            ["Ixrq"] = ("IndexRaBitQ", node => RaBit(node, hasBits: false)),
            ["Ixrr"] = ("IndexRaBitQ", node => RaBit(node, hasBits: true)),
            ["IwFl"] = ("IndexIVFFlat", node => { ListsHeader(node); InvertedLists(node); }),
            ["IwFd"] = ("IndexIVFFlatDedup", node =>
            {
                ListsHeader(node);
                SkipArray("the table of equal vectors", sizeof(long));
                InvertedLists(node);
            }),
            ["IwPn"] = ("IndexIVFFlatPanorama", node => { ListsHeader(node); Count("the number of levels"); InvertedLists(node); }),
            ["IwP2"] = ("IndexIVFFlatPanorama", node =>
            {
                ListsHeader(node);
                Count("the number of levels");
                Count("the size of a batch");
                InvertedLists(node);
            }),
            ["IwSQ"] = ("IndexIVFScalarQuantizer", node => ScalarLists(node, hasResidual: false)),
            ["IwSq"] = ("IndexIVFScalarQuantizer", node => ScalarLists(node, hasResidual: true)),
            ["IwPQ"] = ("IndexIVFPQ", ProductLists),
            ["IwQR"] = ("IndexIVFPQR", node =>
            {
                ProductLists(node);
                ProductQuantizer(node, "refining encoder");
                SkipArray("the refining codes", 1);
                Single("the factor of candidates");
            }),
            ["IwPf"] = ("IndexIVFPQFastScan", FastScanLists),
            ["IwLS"] = ("IndexIVFLocalSearchQuantizer", node => AdditiveLists(node, LocalSearchQuantizer)),
            ["IwRQ"] = ("IndexIVFResidualQuantizer", node => AdditiveLists(node, ResidualQuantizer)),
            ["IwPL"] = ("IndexIVFProductLocalSearchQuantizer", node => AdditiveLists(node, encoder => ProductAdditive(encoder, LocalSearchQuantizer))),
            ["IwPR"] = ("IndexIVFProductResidualQuantizer", node => AdditiveLists(node, encoder => ProductAdditive(encoder, ResidualQuantizer))),
            ["IwSh"] = ("IndexIVFSpectralHash", node =>
            {
                ListsHeader(node);
                Part(node, "transform", _transforms, "transform");
                Int32("the number of bits");
                Single("the period");
                Int32("the kind of the threshold");
                SkipArray("the thresholds", sizeof(float));
                InvertedLists(node);
            }),
            ["Iwrq"] = ("IndexIVFRaBitQ", node => RaBitLists(node, hasBits: false)),
            ["Iwrr"] = ("IndexIVFRaBitQ", node => RaBitLists(node, hasBits: true)),
            ["IxPT"] = ("IndexPreTransform", Transformed),
            ["IxRF"] = ("IndexRefineFlat", Refined),
            ["IxRP"] = ("IndexRefinePanorama", Refined),
            ["IxMp"] = ("IndexIDMap", node => Mapped(node, isBinary: false)),
            ["IxM2"] = ("IndexIDMap2", node => Mapped(node, isBinary: false)),
            ["IRMf"] = ("IndexRowwiseMinMax", node => { Header(node); Index(node, "index"); }),
            ["IRMh"] = ("IndexRowwiseMinMaxFP16", node => { Header(node); Index(node, "index"); }),
            ["IHNf"] = ("IndexHNSWFlat", Hnsw),
            ["IHNp"] = ("IndexHNSWPQ", Hnsw),
            ["IHNs"] = ("IndexHNSWSQ", Hnsw),
            ["IHN2"] = ("IndexHNSW2Level", Hnsw),
            ["IH00"] = ("IndexHNSW", Hnsw),
            ["INSf"] = ("IndexNSGFlat", Nsg),
            ["INSp"] = ("IndexNSGPQ", Nsg),
            ["INSs"] = ("IndexNSGSQ", Nsg),
            ["INNf"] = ("IndexNNDescentFlat", NNDescent),
            ["IBxF"] = ("IndexBinaryFlat", node => { BinaryHeader(node); SkipArray("the vectors", 1); }),
            ["IBwF"] = ("IndexBinaryIVF", node => { ListsHeader(node, isBinary: true); InvertedLists(node); }),
            ["IBFf"] = ("IndexBinaryFromFloat", node => { BinaryHeader(node); Index(node, "index"); }),
            ["IBHf"] = ("IndexBinaryHNSW", node => { BinaryHeader(node); Links(node); Index(node, "storage"); }),
            ["IBMp"] = ("IndexBinaryIDMap", node => Mapped(node, isBinary: true)),
            ["IBM2"] = ("IndexBinaryIDMap2", node => Mapped(node, isBinary: true)),
            ["IBHh"] = ("IndexBinaryHash", node => { BinaryHeader(node); LeaveRest(node); }),
            ["IBHm"] = ("IndexBinaryMultiHash", node => { BinaryHeader(node); Index(node, "storage"); LeaveRest(node); }),
        };
        foreach (var (code, kind) in Undescribed)
        {
            kinds.Add(code, (kind, LeaveAfterHeader));
        }

        return kinds;
    }

    // Known by name, with the common header.
    private static readonly (string Code, string Kind)[] Undescribed =
    [
        ("IxRQ", "IndexResidualQuantizer"), ("Ix2L", "Index2Layer"), ("IwIQ", "IndexIVFIndependentQuantizer"), ("ILfs", "IndexLocalSearchQuantizerFastScan"),
        ("IRfs", "IndexResidualQuantizerFastScan"), ("IPRf", "IndexProductResidualQuantizerFastScan"), ("IPLf", "IndexProductLocalSearchQuantizerFastScan"),
        ("IVLf", "IndexIVFLocalSearchQuantizerFastScan"), ("IVRf", "IndexIVFResidualQuantizerFastScan"), ("NPLf", "IndexIVFProductLocalSearchQuantizerFastScan"),
        ("NPRf", "IndexIVFProductResidualQuantizerFastScan"), ("IvFl", "IndexIVFFlat"), ("IvFL", "IndexIVFFlat"), ("IvSQ", "IndexIVFScalarQuantizer"),
        ("IvPQ", "IndexIVFPQ"), ("IvQR", "IndexIVFPQR"), ("IHNc", "IndexHNSWCagra"), ("IHc2", "IndexHNSWCagra"), ("IHfP", "IndexHNSWFlatPanorama"),
        ("IxEd", "IndexEDEN"), ("IxEe", "IndexEDEN"), ("IwEd", "IndexIVFEDEN"), ("IwEe", "IndexIVFEDEN"), ("Irfn", "IndexRaBitQFastScan"), ("Irfs", "IndexRaBitQFastScan"),
        ("Iwrn", "IndexIVFRaBitQFastScan"), ("Iwrf", "IndexIVFRaBitQFastScan"), ("ILVQ", "IndexSVSVamanaLVQ"), ("ISVL", "IndexSVSVamanaLeanVec"), ("ISVD", "IndexSVSVamana"),
        ("ISV2", "IndexSVSVamana"), ("ISVF", "IndexSVSFlat"), ("ISIQ", "IndexSVSIVFLVQ"), ("ISIL", "IndexSVSIVFLeanVec"), ("ISID", "IndexSVSIVF"),
    ];

    private void LeaveAfterHeader(IndexNode node)
    {
        Header(node);
        LeaveRest(node);
    }

    private void Flat(IndexNode node)
    {
        var start = _stream.Position;
        var (dimension, count) = Header(node);
        var values = SkipArray("the vectors", sizeof(float));
        if (dimension > 0 && (values % dimension != 0 || values / dimension != count))
        {
            throw Fault(start, FormattableString.Invariant($"the index has {count} vectors of dimension {dimension}, and {values} components are stored"));
        }
    }

    private void Panorama(IndexNode node)
    {
        var dimension = Int32("the dimension");
        var levels = Count("the number of levels");
        Count("the size of a batch");
        Describe(node, dimension, Count("the number of vectors"), "components");
        node.Add("levels", levels, $"{levels} levels");
        Untrained(node, Boolean("the state of training"));
        SkipArray("the vectors", 1);
        SkipArray("the sums", sizeof(float));
    }

    private void Lsh(IndexNode node)
    {
        Header(node);
        var bits = Int32("the number of bits");
        node.Add("bits", (long)bits, $"{bits} bits");
        Boolean("the rotation");
        Boolean("the training of thresholds");
        SkipArray("the thresholds", sizeof(float));
        Int32("the size of a code");
        Part(node, "transform", _transforms, "transform");
        SkipArray("the codes", 1);
    }

    private void Lattice(IndexNode node)
    {
        const int numbers = 4;
        Skip(_stream.Position, "the settings of the lattice", numbers, sizeof(int));
        Header(node);
        SkipArray("the ranges", sizeof(float));
    }

    private void Codes(long count)
    {
        var start = _stream.Position;
        var bytes = SkipArray("the codes", 1);
        if (count == 0 ? bytes != 0 : bytes % count != 0)
        {
            throw Fault(start, FormattableString.Invariant($"{bytes} bytes of codes are stored for {count} vectors"));
        }
    }

    private void ProductCodes(IndexNode node, bool hasSearch)
    {
        var (_, count) = Header(node);
        ProductQuantizer(node);
        Codes(count);
        if (hasSearch)
        {
            Int32("the kind of the search");
            Boolean("the signs of codes");
            Int32("the polysemous threshold");
        }
    }

    private void PQFastScan(IndexNode node)
    {
        Header(node);
        ProductQuantizer(node);
        Int32("the implementation");
        Int32("the size of a block of vectors");
        Int32("the size of a block of queries");
        Count("the number of vectors with padding");
        Count("the number of subquantizers with padding");
        SkipArray("the codes", 1);
    }

    private void Additive(IndexNode node, Action<IndexNode> encoder)
    {
        var (_, count) = Header(node);
        encoder(node);
        Count("the size of a code");
        Codes(count);
    }

    private void AdditiveLists(IndexNode node, Action<IndexNode> encoder)
    {
        ListsHeader(node);
        Count("the size of a code");
        encoder(node);
        Residual(node, Boolean("the encoding of residuals"));
        Int32("the use of a table");
        InvertedLists(node);
    }

    private void ScalarLists(IndexNode node, bool hasResidual)
    {
        ListsHeader(node);
        ScalarQuantizer(node);
        Count("the size of a code");
        if (hasResidual)
        {
            Residual(node, Boolean("the encoding of residuals"));
        }

        InvertedLists(node);
    }

    private void ProductLists(IndexNode node)
    {
        ListsHeader(node);
        Residual(node, Boolean("the encoding of residuals"));
        Count("the size of a code");
        ProductQuantizer(node);
        InvertedLists(node);
    }

    private void FastScanLists(IndexNode node)
    {
        ListsHeader(node);
        Residual(node, Boolean("the encoding of residuals"));
        Count("the size of a code");
        Int32("the size of a block of vectors");
        Count("the number of subquantizers with padding");
        Int32("the implementation");
        Count("the size of a block of queries");
        ProductQuantizer(node);
        InvertedLists(node);
    }

    private static void Residual(IndexNode node, bool isResidual) => node.Add("byResidual", isResidual, $"{(isResidual ? "residuals" : "")}");

    private void RaBit(IndexNode node, bool hasBits)
    {
        Header(node);
        RaBitEncoder(node, hasBits);
        SkipArray("the codes", 1);
        SkipArray("the center", sizeof(float));
        Byte("the bits of a query");
    }

    private void RaBitLists(IndexNode node, bool hasBits)
    {
        ListsHeader(node);
        RaBitEncoder(node, hasBits);
        Count("the size of a code");
        Residual(node, Boolean("the encoding of residuals"));
        Byte("the bits of a query");
        InvertedLists(node);
    }
}
