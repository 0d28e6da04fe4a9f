using System.Globalization;

namespace FaissSdk.Sequences;

/// <summary>Sets parameters of indexes and of the library.</summary>
internal static class Settings
{
    private static readonly string[] Names = ["nprobe", "nprobe", "efSearch", "k_factor", "k_factor_rf", "ht", "max_codes", "efConstruction", "verbose", "quantizer_nprobe", "quantizer_efSearch", "prune_headroom", "no such name"];

    public static IEnumerable<Operation> Operations { get; } =
    [
        new("SetParameter", 8, (sequence, chooser) =>
        {
            var target = chooser.Index(sequence);
            SetParameter(sequence, target, Name(chooser), Value(chooser));
        }) { IsModelled = true },
        new("SetParametersByText", 2, SetByText),
        new("NProbe", 5, SetProbes) { IsModelled = true },
        new("KFactor", 3, SetFactor),
        new("Knob", 4, SetKnob),
        new("Verbose", 1, (sequence, chooser) =>
        {
            var target = chooser.Index(sequence);
            var value = chooser.Chance(20);
            sequence.Try($"{target.Name}.Verbose = {(value ? "true" : "false")};", () => target.Index.Verbose = value);
        }),
        new("Threads", 2, LimitThreads),
        new("Tuning", 1, Tune),
    ];

    public static void SetParameter(Sequence sequence, IndexVariable target, string name, double value)
    {
        if (sequence.Try($"{target.Name}.SetParameter(\"{name}\", {Number(value)});", () => target.Index.SetParameter(name, value)))
        {
            Apply(target.Model, name, value);
            TuneParents(target);
            foreach (var part in PartsOf(sequence, target))
            {
                Apply(part.Model, name, value);
                TuneParents(part);
            }
        }
        else
        {
            // FAISS sets the parameter in some parts before it finds one that lacks it.
            foreach (var part in PartsOf(sequence, target))
            {
                part.Model.IsTuned = true;
            }
        }
    }

    /// <summary>Records that searches of the indexes made of this one may be approximate from now on.</summary>
    public static void TuneParents(IndexVariable part)
    {
        foreach (var parent in part.Parents)
        {
            parent.Model.IsTuned = true;
            TuneParents(parent);
        }
    }

    private static IEnumerable<IndexVariable> PartsOf(Sequence sequence, IndexVariable whole) =>
        sequence.Variables.OfType<IndexVariable>().Where(part => part.Parents.Contains(whole)).SelectMany(part => PartsOf(sequence, part).Append(part));

    private static void Apply(Model model, string name, double value)
    {
        if (name == "nprobe")
        {
            model.ProbesAll = (long)value >= model.Kind.Lists;
        }
        else if (name != "verbose")
        {
            model.IsTuned |= name is "max_codes" or "ht" || value < 1;
        }
    }

    private static void SetByText(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var (first, firstValue, second, secondValue) = (Name(chooser), Value(chooser), Name(chooser), Value(chooser));
        var text = chooser.Of($"{first}={Number(firstValue)}", $"{first}={Number(firstValue)},{second}={Number(secondValue)}");
        var name = sequence.NewName("space");
        using var space = new ParameterSpace();
        target.Model.IsTuned = true;
        TuneParents(target);
        sequence.Try($"var {name} = new ParameterSpace(); {name}.SetIndexParameters({target.Name}, \"{text}\");", () => space.SetIndexParameters(target.Index, text));
    }

    private static void SetProbes(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexIVF);
        var lists = target.Index as IndexIVF ?? throw new StepNotPossibleException();
        var value = chooser.Usually([1, 2, 4, 16, 16], [0, -1, int.MaxValue, 1_000_000_000]);
        if (sequence.Try($"{target.Name}.NProbe = {value};", () => lists.NProbe = value))
        {
            target.Model.ProbesAll = value >= target.Model.Kind.Lists;
            TuneParents(target);
        }
    }

    private static void SetFactor(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexRefine);
        var refine = target.Index as IndexRefine ?? throw new StepNotPossibleException();
        var value = chooser.Usually([1f, 1.5f, 2, 10], [0f, -1, float.NaN, 1e6f, 1e9f, float.PositiveInfinity]);
        sequence.Try($"{target.Name}.KFactor = {Number(value)}f;", () => refine.KFactor = value);
    }

    private static void SetKnob(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexHNSW or IndexResidualQuantizer or IndexPQ);
        var (first, value) = (chooser.Chance(50), chooser.Usually([1, 4, 16, 100], [0, -1, 5000]));
        switch (target.Index)
        {
            case IndexHNSW graph when first:
                sequence.Try($"{target.Name}.EfSearch = {value};", () => graph.EfSearch = value);
                break;
            case IndexHNSW graph:
                sequence.Try($"{target.Name}.EfConstruction = {value};", () => graph.EfConstruction = value);
                break;
            case IndexResidualQuantizer steps:
                sequence.Try($"{target.Name}.MaxBeamSize = {value};", () => steps.MaxBeamSize = value);
                break;
            case IndexPQ codes:
                sequence.Try($"{target.Name}.PolysemousTraining = {(first ? "true" : "false")};", () => codes.PolysemousTraining = first);
                break;
            default:
                throw new StepNotPossibleException();
        }
    }

    private static void LimitThreads(Sequence sequence, Chooser chooser)
    {
        var count = chooser.Usually([1, 1, 2, 3, 4, 7], [0, -1, 100, 100_000, int.MaxValue]);
        var name = sequence.NewName("t");
        var before = FaissThreads.Max;
        if (sequence.Try($"var {name} = FaissThreads.Limit({count});", () => _ = FaissThreads.Limit(count)))
        {
            sequence.Add(new OtherVariable(name, new Restored(() => _ = FaissThreads.Limit(before))));
        }
    }

    private static void Tune(Sequence sequence, Chooser chooser)
    {
        var (number, value) = (chooser.Int(0, 3), chooser.Usually([1, 20, 100, 1024, 4096], [0, -1, int.MaxValue]));
        var name = number switch { 0 => "BlasThreshold", 1 => "BlasQueryBlockSize", 2 => "BlasDatabaseBlockSize", _ => "MinReservoirNeighbors" };
        var before = number switch { 0 => FaissTuning.BlasThreshold, 1 => FaissTuning.BlasQueryBlockSize, 2 => FaissTuning.BlasDatabaseBlockSize, _ => FaissTuning.MinReservoirNeighbors };
        if (sequence.Try($"FaissTuning.{name} = {value};", () => Set(number, value)))
        {
            sequence.Add(new OtherVariable(sequence.NewName("tuning"), new Restored(() => Set(number, before))));
        }
    }

    private static void Set(int number, int value) => _ = number switch
    {
        0 => FaissTuning.BlasThreshold = value,
        1 => FaissTuning.BlasQueryBlockSize = value,
        2 => FaissTuning.BlasDatabaseBlockSize = value,
        _ => FaissTuning.MinReservoirNeighbors = value,
    };

    private static string Name(Chooser chooser) => chooser.Chance(40) ? "nprobe" : Names[chooser.Int(0, Names.Length - 1)];

    private static double Value(Chooser chooser) => chooser.Usually([1.0, 2, 4, 8, 16, 100], [0, -1, 0.5, 1e9, double.NaN, 1e300, int.MaxValue, 1 << 24]);

    private static string Number(double value) => double.IsNaN(value) ? "double.NaN" : value.ToString("R", CultureInfo.InvariantCulture);

    private sealed class Restored(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
