namespace FaissSdk.Tests.Arguments;

/// <content>Kinds of indexes with a class of their own.</content>
internal sealed partial record WrongArguments
{
    private static IEnumerable<WrongArguments> Kinds(Samples s)
    {
        yield return new(
            "IndexHNSWFlat(dimension, m, metric)",
            ("dimension", () => _ = new IndexHNSWFlat(0)),
            ("m", () => _ = new IndexHNSWFlat(4, 1)),
            ("m", () => _ = new IndexHNSWFlat(4, 4097)),
            ("metric", () => _ = new IndexHNSWFlat(4, 8, NoMetric)));
        yield return new(
            "IndexHNSWPQ(dimension, subquantizers, m, nBits)",
            ("dimension", () => _ = new IndexHNSWPQ(0, 1)),
            ("subquantizers", () => _ = new IndexHNSWPQ(4, 0)),
            ("subquantizers", () => _ = new IndexHNSWPQ(4, 3)),
            ("m", () => _ = new IndexHNSWPQ(4, 2, 1)),
            ("nBits", () => _ = new IndexHNSWPQ(4, 2, 8, 25)));
        yield return new(
            "IndexHNSWSQ(dimension, type, m, metric)",
            ("dimension", () => _ = new IndexHNSWSQ(0, ScalarQuantizerType.EightBit)),
            ("type", () => _ = new IndexHNSWSQ(4, (ScalarQuantizerType)99)),
            ("type", () => _ = new IndexHNSWSQ(4, ScalarQuantizerType.EightBitUniform)),
            ("m", () => _ = new IndexHNSWSQ(4, ScalarQuantizerType.EightBit, 1)),
            ("metric", () => _ = new IndexHNSWSQ(4, ScalarQuantizerType.EightBit, 8, MetricType.L1)));
        yield return new(
            "IndexNSGFlat(dimension, r, metric)",
            ("dimension", () => _ = new IndexNSGFlat(0)),
            ("r", () => _ = new IndexNSGFlat(4, 7)),
            ("r", () => _ = new IndexNSGFlat(4, 4097)),
            ("metric", () => _ = new IndexNSGFlat(4, 16, NoMetric))) { Needs = "faiss_IndexScalarQuantizer_sq" };
        yield return new("IndexNSG.SearchL", ("value", () => s.Spread.SearchL = 0)) { Needs = "faiss_IndexScalarQuantizer_sq" };
        yield return new(
            "IndexPQ(dimension, m, nBits, metric)",
            ("dimension", () => _ = new IndexPQ(0, 1)),
            ("m", () => _ = new IndexPQ(4, 0)),
            ("m", () => _ = new IndexPQ(4, 3)),
            ("nBits", () => _ = new IndexPQ(4, 2, 0)),
            ("nBits", () => _ = new IndexPQ(4, 2, 25)),
            ("nBits", () => _ = new IndexPQ(1 << 24, 1, 24)),
            ("metric", () => _ = new IndexPQ(4, 2, 8, MetricType.L1)));
        yield return new(
            "IndexResidualQuantizer(dimension, m, nBits, metric)",
            ("dimension", () => _ = new IndexResidualQuantizer(0, 1)),
            ("m", () => _ = new IndexResidualQuantizer(4, 0)),
            ("nBits", () => _ = new IndexResidualQuantizer(4, 2, 25)),
            ("metric", () => _ = new IndexResidualQuantizer(4, 2, 8, MetricType.L1)));
        yield return new("IndexResidualQuantizer.MaxBeamSize", ("value", () => s.Steps.MaxBeamSize = 0), ("value", () => s.Steps.MaxBeamSize = 4097));
        yield return new(
            "IndexRaBitQ(dimension, nBits, metric)",
            ("dimension", () => _ = new IndexRaBitQ(0)),
            ("nBits", () => _ = new IndexRaBitQ(4, 10)),
            ("metric", () => _ = new IndexRaBitQ(4, 1, MetricType.L1)));
        yield return new("IndexRaBitQ.QueryBits", ("value", () => s.Bits.QueryBits = 9), ("value", () => s.Bits.QueryBits = -1)) { Needs = "faiss_IndexScalarQuantizer_sq" };
        yield return new(
            "IndexIVFPQ(quantizer, lists, m, nBits, metric, encodeResidual, takeOwnership)",
            ("lists", () => _ = new IndexIVFPQ(s.Flat, 0, 2)),
            ("m", () => _ = new IndexIVFPQ(s.Lists.Quantizer, 4, 3)),
            ("nBits", () => _ = new IndexIVFPQ(s.Lists.Quantizer, 4, 2, 0)),
            ("metric", () => _ = new IndexIVFPQ(s.Lists.Quantizer, 4, 2, 8, MetricType.L1)));
        yield return new(
            "IndexIVFPQFastScan(quantizer, lists, m, metric, encodeResidual, takeOwnership)",
            ("lists", () => _ = new IndexIVFPQFastScan(s.Flat, 0, 2)),
            ("m", () => _ = new IndexIVFPQFastScan(s.Lists.Quantizer, 4, 0)),
            ("metric", () => _ = new IndexIVFPQFastScan(s.Lists.Quantizer, 4, 2, MetricType.L1)));
        yield return new(
            "IndexIVFRaBitQ(quantizer, lists, nBits, metric, takeOwnership)",
            ("lists", () => _ = new IndexIVFRaBitQ(s.Flat, 0)),
            ("nBits", () => _ = new IndexIVFRaBitQ(s.Lists.Quantizer, 4, 10)),
            ("metric", () => _ = new IndexIVFRaBitQ(s.Lists.Quantizer, 4, 1, MetricType.L1)));
        yield return new("IndexIVFRaBitQ.QueryBits", ("value", () => s.BitLists.QueryBits = 9)) { Needs = "faiss_IndexScalarQuantizer_sq" };
        yield return new("FaissIndex.CreateLp(dimension, description, exponent)", ("dimension", () => FaissIndex.CreateLp(0, "Flat", 3)), ("exponent", () => FaissIndex.CreateLp(4, "Flat", 0)), ("exponent", () => FaissIndex.CreateLp(4, "Flat", float.NaN)));
        yield return new("FaissIndex.CreateCosine(dimension, description)", ("dimension", () => FaissIndex.CreateCosine(0, "Flat")));
        yield return new("IndexHNSW.EfConstruction", ("value", () => s.Graph.EfConstruction = 0), ("value", () => s.Graph.EfConstruction = (1 << 20) + 1));
        yield return new("IndexHNSW.EfSearch", ("value", () => s.Graph.EfSearch = 0), ("value", () => s.Graph.EfSearch = (1 << 20) + 1));
    }
}
