using System.Globalization;

namespace FaissSdk.Cli;

/// <content>Reads encoders, graphs and indexes of other indexes.</content>
internal sealed partial class IndexFileReader
{
    private static readonly string[] ScalarTypes =
    [
        "8bit", "4bit", "8bit_uniform", "4bit_uniform", "fp16", "8bit_direct", "6bit", "bf16", "8bit_direct_signed", "0bit", "1bit_tqmse", "2bit_tqmse",
        "3bit_tqmse", "4bit_tqmse", "8bit_tqmse", "2bit_tq", "3bit_tq", "4bit_tq", "5bit_tq",
    ];

    private static IndexNode Encoder(IndexNode node, string kind, string role = "encoder")
    {
        var encoder = new IndexNode(role, "", kind);
        node.Parts.Add(encoder);
        return encoder;
    }

    private void ProductQuantizer(IndexNode node) => ProductQuantizer(node, "encoder");

    private void ProductQuantizer(IndexNode node, string role)
    {
        var encoder = Encoder(node, "ProductQuantizer", role);
        var dimension = Count("the dimension of the encoder");
        encoder.Add("dimension", dimension, $"d {dimension}");
        var parts = Count("the number of subquantizers");
        encoder.Add("subquantizers", parts, $"{parts} subquantizers");
        var bits = Count("the bits of a subquantizer");
        encoder.Add("bits", bits, $"{bits} bits each");
        SkipArray("the centroids of the encoder", sizeof(float));
    }

    private void ScalarQuantizer(IndexNode node)
    {
        var encoder = Encoder(node, "ScalarQuantizer");
        var type = Int32("the type of the encoder");
        var name = type >= 0 && type < ScalarTypes.Length ? ScalarTypes[type] : string.Create(CultureInfo.InvariantCulture, $"type {type}");
        encoder.Add("type", name, $"{name}");
        Int32("the kind of the range");
        Single("the argument of the range");
        var dimension = Count("the dimension of the encoder");
        encoder.Add("dimension", dimension, $"d {dimension}");
        var codeSize = Count("the size of a code");
        encoder.Add("codeSize", codeSize, $"{codeSize} bytes a code");
        SkipArray("the ranges of the encoder", sizeof(float));
    }

    private IndexNode AdditiveQuantizer(IndexNode node, string kind)
    {
        var encoder = Encoder(node, kind);
        var dimension = Count("the dimension of the encoder");
        encoder.Add("dimension", dimension, $"d {dimension}");
        var codebooks = Count("the number of codebooks");
        encoder.Add("codebooks", codebooks, $"{codebooks} codebooks");
        var bits = ReadArray("the bits of the codebooks");
        var text = string.Join('+', bits.Take(8)) + (bits.Length > 8 ? "+…" : "");
        encoder.Add("bits", text, $"{text} bits");
        Untrained(encoder, Boolean("the state of training"));
        SkipArray("the codebooks", sizeof(float));
        var search = Int32("the kind of the search");
        Single("the least norm");
        Single("the greatest norm");
        if (search is 6 or 7)
        {
            SkipArray("the quantized norms", sizeof(float));
        }
        else if (search is 8 or 9)
        {
            SkipArray("the tables of norms", sizeof(float));
        }

        return encoder;
    }

    private void ResidualQuantizer(IndexNode node)
    {
        var encoder = AdditiveQuantizer(node, "ResidualQuantizer");
        Int32("the kind of training");
        var beam = Int32("the size of the beam");
        encoder.Add("beam", (long)beam, $"beam {beam}");
    }

    private void LocalSearchQuantizer(IndexNode node)
    {
        AdditiveQuantizer(node, "LocalSearchQuantizer");
        const int numbers = 5;
        for (var i = 0; i < numbers; i++)
        {
            Count("a setting of the encoder");
        }

        Single("a setting of the encoder");
        Single("a setting of the encoder");
        Count("the size of a chunk");
        Int32("the seed");
        Count("the number of perturbations");
        Boolean("the precision of training");
    }

    private void ProductAdditive(IndexNode node, Action<IndexNode> part)
    {
        var encoder = AdditiveQuantizer(node, "ProductAdditiveQuantizer");
        var start = _stream.Position;
        var splits = Count("the number of splits");
        CheckSize(start, "the encoder", splits, sizeof(long));
        encoder.Add("splits", splits, $"{splits} splits");
        for (var i = 0L; i < splits; i++)
        {
            part(encoder);
        }
    }

    private void RaBitEncoder(IndexNode node, bool hasBits)
    {
        var encoder = Encoder(node, "RaBitQuantizer");
        var dimension = Count("the dimension of the encoder");
        encoder.Add("dimension", dimension, $"d {dimension}");
        var codeSize = Count("the size of a code");
        encoder.Add("codeSize", codeSize, $"{codeSize} bytes a code");
        Int32("the metric of the encoder");
        var bits = hasBits ? Count("the bits of a component") : 1;
        encoder.Add("bits", bits, $"{bits} bits a component");
    }

    private void Transformed(IndexNode node)
    {
        Header(node);
        var start = _stream.Position;
        var count = Int32("the number of transforms");
        if (count is < 0 or > 1024)
        {
            throw Fault(start, string.Create(CultureInfo.InvariantCulture, $"the index has {count} transforms"));
        }

        for (var i = 0; i < count; i++)
        {
            Part(node, "transform", _transforms, "transform");
        }

        Index(node, "index");
    }

    private void Refined(IndexNode node)
    {
        Header(node);
        Index(node, "base");
        Index(node, "refinement");
        var factor = Single("the factor of candidates");
        node.Add("kFactor", (double)factor, $"k factor {factor:R}");
    }

    private void Mapped(IndexNode node, bool isBinary)
    {
        var start = _stream.Position;
        var count = isBinary ? BinaryHeader(node).Count : Header(node).Count;
        Index(node, "index");
        var ids = SkipArray("the ids", sizeof(long));
        node.Add("ids", ids, $"{ids:N0} ids");
        if (ids != count)
        {
            throw Fault(start, string.Create(CultureInfo.InvariantCulture, $"the index has {count} vectors and {ids} ids"));
        }
    }

    private void Hnsw(IndexNode node)
    {
        Header(node);
        Links(node);
        Index(node, "storage");
    }

    private void Links(IndexNode node)
    {
        var graph = Encoder(node, "HNSW", "graph");
        SkipArray("the probabilities of levels", sizeof(double));
        var start = _stream.Position;
        var levels = Count("the number of levels");
        CheckSize(start, "the numbers of links", levels, sizeof(int));
        for (var i = 0L; i < levels; i++)
        {
            var links = Int32("a number of links");
            if (i == 1)
            {
                graph.Add("links", (long)links / 2, $"M {links / 2}");
            }
        }

        SkipArray("the levels of the vectors", sizeof(int));
        SkipArray("the places of links", sizeof(long));
        var total = SkipArray("the links", sizeof(int));
        graph.Add("linkSlots", total, $"{total:N0} places for links");
        var entry = Int32("the entry point");
        var max = Int32("the highest level");
        graph.Add("maxLevel", (long)max, $"levels 0 to {Math.Max(0, max)}");
        graph.Add("entryPoint", (long)entry, $"entry {entry}");
        var (construction, search) = (Int32("efConstruction"), Int32("efSearch"));
        graph.Add("efConstruction", (long)construction, $"efConstruction {construction}");
        graph.Add("efSearch", (long)search, $"efSearch {search}");
        Int32("a reserved field");
    }

    private void Nsg(IndexNode node)
    {
        Header(node);
        Int32("the number of neighbors");
        Byte("the kind of building");
        Skip(_stream.Position, "the settings of building", 4, sizeof(int));
        var graph = Encoder(node, "NSG", "graph");
        var (count, links) = (Int32("the number of vectors"), Int32("the number of links"));
        graph.Add("links", (long)links, $"R {links}");
        Int32("the candidates of building");
        Int32("the size of the pool");
        Int32("the candidates of a search");
        Int32("the entry point");
        var isBuilt = Boolean("the state of the graph");
        graph.Add("isBuilt", isBuilt, $"{(isBuilt ? "built" : "not built")}");
        if (isBuilt)
        {
            SkipLinks(count, links);
        }

        Index(node, "storage");
    }

    // The links of each vector end with −1.
    private void SkipLinks(int count, int links)
    {
        for (var i = 0; i < count; i++)
        {
            var start = _stream.Position;
            var read = 0;
            while (Int32("the links") != -1)
            {
                if (++read > links)
                {
                    throw Fault(start, string.Create(CultureInfo.InvariantCulture, $"vector {i} has more than {links} links"));
                }
            }
        }
    }

    private void NNDescent(IndexNode node)
    {
        Header(node);
        const int numbers = 9;
        Skip(_stream.Position, "the settings of the graph", numbers, sizeof(int));
        Boolean("the state of the graph");
        SkipArray("the links", sizeof(int));
        Index(node, "storage");
    }
}
