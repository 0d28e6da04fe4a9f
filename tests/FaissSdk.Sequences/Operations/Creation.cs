using System.Globalization;

namespace FaissSdk.Sequences;

/// <summary>Creates indexes.</summary>
internal static class Creation
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("Create", 40, Create) { Creates = true, IsModelled = true },
        new("Flat", 8, CreateFlat) { Creates = true, IsModelled = true },
        new("FlatOneDimensional", 2, CreateOneDimensional) { Creates = true, IsModelled = true },
        new("IVFFlat", 8, CreateLists) { Creates = true, IsModelled = true },
        new("IVFScalarQuantizer", 6, CreateCodeLists) { Creates = true },
        new("ScalarQuantizer", 4, CreateCodes) { Creates = true },
        new("Kind", 8, CreateKind) { Creates = true, IsModelled = true },
        new("CodeKinds", 4, CreateProductLists) { Creates = true },
        new("LSH", 2, CreateLSH) { Creates = true },
        new("Measure", 3, CreateByMeasure) { Creates = true },
    ];

    /// <summary>Creates an index from a factory string, and mostly fills it.</summary>
    /// <returns>The variable, or null if the index was refused.</returns>
    public static IndexVariable? FromFactory(Sequence sequence, string name, int dimension, string description, MetricType metric)
    {
        FaissIndex? index = null;
        return sequence.Try($"var {name} = FaissIndex.Create({dimension}, \"{description}\", MetricType.{metric});", () => index = FaissIndex.Create(dimension, description, metric))
            ? Declare(sequence, name, index!, new Model(Kind.Of(description, dimension).By(metric), dimension, metric))
            : null;
    }

    public static IndexVariable Declare(Sequence sequence, string name, FaissIndex index, Model model, params IndexVariable[] parts)
    {
        var variable = new IndexVariable(name, index, model);
        sequence.Add(variable);
        foreach (var part in parts)
        {
            Composites.Hold(variable, part);
        }

        return variable;
    }

    private static void Create(Sequence sequence, Chooser chooser)
    {
        var dimension = int.Parse(chooser.Text(random => chooser.Swarm!.Dimension(random).ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        var description = chooser.Text(random => chooser.Swarm!.Description(random, dimension));
        var metric = Metric(chooser);
        var filling = Filling(chooser, dimension);
        if (FromFactory(sequence, sequence.NewName("i"), dimension, description, metric) is { } variable)
        {
            filling(sequence, variable);
        }
    }

    /// <summary>Chooses how a new index is trained and filled, as most operations need vectors.</summary>
    private static Action<Sequence, IndexVariable> Filling(Chooser chooser, int dimension)
    {
        var most = chooser.Swarm?.MaxCount ?? 1;
        var fills = chooser.Chance(75);
        var training = chooser.Data(dimension, Math.Max(1, most / 2), most);
        var sameStyle = chooser.Chance(80);
        var added = chooser.Data(dimension, 1, most);
        added = sameStyle ? added with { Style = training.Style } : added;
        var probesAll = chooser.Chance(60);
        return (sequence, variable) =>
        {
            if (!fills)
            {
                return;
            }

            if (!variable.Index.IsTrained)
            {
                Changes.Train(sequence, variable, training);
            }

            if (variable.Model.Kind.Lists > 1 && probesAll)
            {
                Settings.SetParameter(sequence, variable, "nprobe", variable.Model.Kind.Lists);
            }

            if (variable.Model.Kind.Labels == Labels.Mapped)
            {
                Changes.AddWithIds(sequence, variable, added, Ids(added.Count, added.Seed, "sparse"), $"Ids({added.Count}, {added.Seed}, \"sparse\")");
            }
            else
            {
                Changes.Add(sequence, variable, added);
            }
        };
    }

    private static void CreateFlat(Sequence sequence, Chooser chooser)
    {
        var dimension = Dimension(chooser);
        var metric = Metric(chooser);
        var filling = Filling(chooser, dimension);
        var name = sequence.NewName("i");
        FaissIndex? index = null;
        var text = metric switch { MetricType.L2 => $"new IndexFlatL2({dimension})", MetricType.InnerProduct => $"new IndexFlatIP({dimension})", _ => $"new IndexFlat({dimension}, MetricType.{metric})" };
        if (sequence.Try($"var {name} = {text};", () => index = metric switch
        {
            MetricType.L2 => new IndexFlatL2(dimension),
            MetricType.InnerProduct => new IndexFlatIP(dimension),
            _ => new IndexFlat(dimension, metric),
        }))
        {
            filling(sequence, Declare(sequence, name, index!, new Model(Kind.Flat, dimension, metric)));
        }
    }

    private static void CreateOneDimensional(Sequence sequence, Chooser chooser)
    {
        var continuous = chooser.Chance(80);
        var filling = Filling(chooser, 1);
        var name = sequence.NewName("i");
        IndexFlat1D? index = null;
        sequence.Try($"var {name} = new IndexFlat1D({(continuous ? "true" : "false")});", () => index = new IndexFlat1D(continuous));
        var kind = Kind.Flat with { Text = "IndexFlat1D", IsOneDimensional = true, IsExact = continuous };
        filling(sequence, Declare(sequence, name, index!, new Model(kind, 1, MetricType.L2)));
    }

    private static void CreateLists(Sequence sequence, Chooser chooser)
    {
        var quantizer = Quantizer(chooser, sequence);
        var (lists, owns) = (Lists(chooser), chooser.Chance(20));
        var metric = chooser.Chance(80) ? quantizer.Model.Metric : Metric(chooser);
        var filling = Filling(chooser, quantizer.Model.Dimension);
        var name = sequence.NewName("i");
        FaissIndex? index = null;
        if (sequence.Try(
            $"var {name} = new IndexIVFFlat({quantizer.Name}, {lists}, MetricType.{metric}, takeOwnership: {(owns ? "true" : "false")});",
            () => index = new IndexIVFFlat(quantizer.Index, lists, metric, owns)))
        {
            var kind = new Kind($"IndexIVFFlat({quantizer.Model.Kind.Text})")
            {
                Labels = Labels.Kept,
                IsExact = quantizer.Model.Kind is { IsExact: true, Lists: 0 },
                HasTrueDistances = true,
                IsLossless = true,
                Lists = lists,
            };
            Own(sequence, name, index!, kind, metric, quantizer, owns, filling);
        }
    }

    private static void CreateCodeLists(Sequence sequence, Chooser chooser)
    {
        var quantizer = Quantizer(chooser, sequence);
        var (lists, owns, type) = (Lists(chooser), chooser.Chance(20), Type(chooser));
        var metric = chooser.Chance(80) ? quantizer.Model.Metric : Metric(chooser);
        var residual = chooser.Chance(60);
        var filling = Filling(chooser, quantizer.Model.Dimension);
        var name = sequence.NewName("i");
        FaissIndex? index = null;
        if (sequence.Try(
            $"var {name} = new IndexIVFScalarQuantizer({quantizer.Name}, {lists}, ScalarQuantizerType.{type}, MetricType.{metric}, encodeResidual: {(residual ? "true" : "false")}, takeOwnership: {(owns ? "true" : "false")});",
            () => index = new IndexIVFScalarQuantizer(quantizer.Index, lists, type, metric, residual, owns)))
        {
            var kind = new Kind($"IndexIVFScalarQuantizer({quantizer.Model.Kind.Text}, {type})") { Labels = Labels.Kept, Lists = lists, Decodes = IsPlain(type) };
            Own(sequence, name, index!, kind, metric, quantizer, owns, filling);
        }
    }

    private static void Own(
        Sequence sequence, string name, FaissIndex index, Kind kind, MetricType metric, IndexVariable part, bool owns, Action<Sequence, IndexVariable> filling)
    {
        var model = new Model(kind, part.Model.Dimension, metric) { IsOrdinary = part.Model.IsOrdinary };
        var variable = Declare(sequence, name, index, model, part);
        part.IsDisposed |= owns;
        filling(sequence, variable);
    }

    private static void CreateCodes(Sequence sequence, Chooser chooser)
    {
        var (dimension, type, metric) = (Dimension(chooser), Type(chooser), Metric(chooser));
        var filling = Filling(chooser, dimension);
        var name = sequence.NewName("i");
        FaissIndex? index = null;
        if (sequence.Try(
            $"var {name} = new IndexScalarQuantizer({dimension}, ScalarQuantizerType.{type}, MetricType.{metric});",
            () => index = new IndexScalarQuantizer(dimension, type, metric)))
        {
            filling(sequence, Declare(sequence, name, index!, new Model(new Kind($"IndexScalarQuantizer({type})") { Decodes = IsPlain(type) }, dimension, metric)));
        }
    }

    /// <summary>Creates by a constructor what a factory string creates, too.</summary>
    private static void CreateKind(Sequence sequence, Chooser chooser)
    {
        var (dimension, metric) = (Dimension(chooser), Metric(chooser));
        var (kind, m) = (chooser.Int(0, 6), chooser.Usually([1, 2, 4, 8], [0, -1, 100_000]));
        var filling = Filling(chooser, dimension);
        var name = sequence.NewName("i");
        (string Text, string Description, Func<FaissIndex> New) made = kind switch
        {
            0 => ($"IndexHNSWFlat({dimension}, {m}, MetricType.{metric})", $"HNSW{m},Flat", () => new IndexHNSWFlat(dimension, m, metric)),
            1 => ($"IndexHNSWSQ({dimension}, ScalarQuantizerType.EightBit, {m}, MetricType.{metric})", $"HNSW{m},SQ8", () => new IndexHNSWSQ(dimension, ScalarQuantizerType.EightBit, m, metric)),
            2 => ($"IndexPQ({dimension}, {m}, 4, MetricType.{metric})", $"PQ{m}x4np", () => new IndexPQ(dimension, m, 4, metric)),
            3 => ($"IndexHNSWPQ({dimension}, {m}, 8, 4)", $"HNSW8,PQ{m}x4", () => new IndexHNSWPQ(dimension, m, 8, 4)),
            4 => ($"IndexNSGFlat({dimension}, {m}, MetricType.{metric})", $"NSG{m},Flat", () => new IndexNSGFlat(dimension, m, metric)),
            5 => ($"IndexRaBitQ({dimension}, {m}, MetricType.{metric})", $"RaBitQ{m}", () => new IndexRaBitQ(dimension, m, metric)),
            _ => ($"IndexResidualQuantizer({dimension}, {m}, 4, MetricType.{metric})", $"RQ{m}x4", () => new IndexResidualQuantizer(dimension, m, 4, metric)),
        };
        FaissIndex? index = null;
        if (sequence.Try($"var {name} = new {made.Text};", () => index = made.New()))
        {
            // Graphs of product quantizers compare by L2 only.
            filling(sequence, Declare(sequence, name, index!, new Model(Kind.Of(made.Description, dimension).By(index!.Metric), dimension, index.Metric)));
        }
    }

    private static void CreateProductLists(Sequence sequence, Chooser chooser)
    {
        var quantizer = Quantizer(chooser, sequence);
        var (lists, owns, kindOfCodes, m) = (Lists(chooser), chooser.Chance(20), chooser.Of("PQ", "PQ", "fs", "RaBitQ"), chooser.Usually([1, 2, 4], [0, 7]));
        var metric = chooser.Chance(80) ? quantizer.Model.Metric : Metric(chooser);
        var residual = chooser.Chance(60);
        var filling = Filling(chooser, quantizer.Model.Dimension);
        var name = sequence.NewName("i");
        var arguments = $"encodeResidual: {(residual ? "true" : "false")}, takeOwnership: {(owns ? "true" : "false")}";
        FaissIndex? index = null;
        if (kindOfCodes == "RaBitQ"
            ? sequence.Try($"var {name} = new IndexIVFRaBitQ({quantizer.Name}, {lists}, {m}, MetricType.{metric}, takeOwnership: {(owns ? "true" : "false")});", () => index = new IndexIVFRaBitQ(quantizer.Index, lists, m, metric, owns))
            : kindOfCodes == "fs"
            ? sequence.Try($"var {name} = new IndexIVFPQFastScan({quantizer.Name}, {lists}, {m}, MetricType.{metric}, {arguments});", () => index = new IndexIVFPQFastScan(quantizer.Index, lists, m, metric, residual, owns))
            : sequence.Try($"var {name} = new IndexIVFPQ({quantizer.Name}, {lists}, {m}, 4, MetricType.{metric}, {arguments});", () => index = new IndexIVFPQ(quantizer.Index, lists, m, 4, metric, residual, owns)))
        {
            var kind = new Kind($"{index!.GetType().Name}({quantizer.Model.Kind.Text})") { Labels = Labels.Kept, Lists = lists };
            Own(sequence, name, index, kind, metric, quantizer, owns, filling);
        }
    }

    private static void CreateLSH(Sequence sequence, Chooser chooser)
    {
        var dimension = Dimension(chooser);
        var (bits, rotates, trains) = (chooser.Usually([8, 16, 24, 7, 1, dimension], [0, -1, 500]), chooser.Chance(70), chooser.Chance(40));
        var filling = Filling(chooser, dimension);
        var name = sequence.NewName("i");
        FaissIndex? index = null;
        if (sequence.Try(
            $"var {name} = new IndexLSH({dimension}, {bits}, rotateData: {(rotates ? "true" : "false")}, trainThresholds: {(trains ? "true" : "false")});",
            () => index = new IndexLSH(dimension, bits, rotates, trains)))
        {
            filling(sequence, Declare(sequence, name, index!, new Model(new Kind("IndexLSH"), dimension, MetricType.L2)));
        }
    }

    private static void CreateByMeasure(Sequence sequence, Chooser chooser)
    {
        var dimension = Dimension(chooser);
        var description = chooser.Text(random => chooser.Swarm!.Description(random, dimension));
        var exponent = chooser.Usually([0f, 1, 2.5f], [-1f, float.NaN]);
        var filling = Filling(chooser, dimension);
        var name = sequence.NewName("i");
        FaissIndex? index = null;
        if (exponent == 0
            ? sequence.Try($"var {name} = FaissIndex.CreateCosine({dimension}, \"{description}\");", () => index = FaissIndex.CreateCosine(dimension, description))
            : sequence.Try($"var {name} = FaissIndex.CreateLp({dimension}, \"{description}\", {(float.IsNaN(exponent) ? "float.NaN" : string.Create(CultureInfo.InvariantCulture, $"{exponent}f"))});", () => index = FaissIndex.CreateLp(dimension, description, exponent)))
        {
            var labels = Kind.Of(description, dimension).Labels;
            filling(sequence, Declare(sequence, name, index!, new Model(new Kind($"{(exponent == 0 ? "cosine" : "Lp")} {description}") { Labels = labels }, dimension, index!.Metric)));
        }
    }

    private static bool IsPlain(ScalarQuantizerType type) =>
        type is ScalarQuantizerType.EightBit or ScalarQuantizerType.FourBit or ScalarQuantizerType.SixBit or ScalarQuantizerType.Float16 or ScalarQuantizerType.BFloat16;

    // Mostly flat indexes without vectors, as quantizers should be.
    private static IndexVariable Quantizer(Chooser chooser, Sequence sequence)
    {
        var proper = chooser.Chance(70);
        return chooser.Index(sequence, variable => !proper || (variable.Model.Kind.IsExact && variable.Model.Items.Count == 0));
    }

    private static int Dimension(Chooser chooser) =>
        int.Parse(chooser.Text(random => chooser.Swarm!.Dimension(random).ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

    private static MetricType Metric(Chooser chooser) => Enum.Parse<MetricType>(chooser.Text(random => chooser.Swarm!.Metric(random).ToString()));

    private static int Lists(Chooser chooser) => chooser.Usually([1, 2, 4, 4, 8, 16], [0, -1, 100_000]);

    private static ScalarQuantizerType Type(Chooser chooser)
    {
        var all = Enum.GetValues<ScalarQuantizerType>();
        return chooser.Chance(60) ? all[chooser.Int(0, 7)] : all[chooser.Int(0, all.Length - 1)];
    }
}
