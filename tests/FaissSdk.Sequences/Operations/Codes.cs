using System.Text.RegularExpressions;

namespace FaissSdk.Sequences;

/// <summary>Encodes and decodes: Decode(Encode(x)) ≈ Reconstruct(label of x) ≈ x.</summary>
internal static partial class Codes
{
    public static IEnumerable<Operation> Operations { get; } = [new("Decode", 5, Decode)];

    /// <summary>Checks that the squared errors of reconstructed vectors are smaller than those of their mean would be.</summary>
    public static void CheckErrors(Model model, Func<long, ReadOnlyMemory<float>> find)
    {
        // Vectors of a distribution that the index was not trained on may be far from every code.
        if (!model.Kind.Decodes || !model.IsKnown || !model.IsOrdinary || model.TrainingStyles.Count > 1 || (model.TrainingStyles.Count == 1 && !model.Styles.IsSubsetOf(model.TrainingStyles)))
        {
            return;
        }

        var pairs = model.Items
            .Where(item => model.Items.Count(other => other.Id == item.Id) == 1)
            .Select(item => (item.Vector, Found: find(item.Id)))
            .Where(pair => pair.Found.Length > 0)
            .ToArray();
        if (pairs.Length < 32)
        {
            return;
        }

        var (errors, spread) = (0.0, 0.0);
        for (var i = 0; i < model.Dimension; i++)
        {
            var mean = pairs.Average(pair => (double)pair.Vector[i]);
            errors += pairs.Sum(pair => Math.Pow(pair.Found.Span[i] - (double)pair.Vector[i], 2));
            spread += pairs.Sum(pair => Math.Pow(pair.Vector[i] - mean, 2));
        }

        if (errors > (1.3 * spread) + 1e-3)
        {
            throw new Fault("noise", $"{model.Kind.Text}: {pairs.Length} reconstructed vectors have a squared error of {errors:G4}; their mean would have {spread:G4}");
        }
    }

    private static void Decode(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var data = chooser.Data(target.Model.Dimension, 1, 40);
        var mutates = chooser.Usually([false], [true]);
        var name = sequence.NewName("codes");
        byte[] codes = [];
        if (!sequence.Try($"var {name} = {target.Name}.Encode({data});", () => codes = target.Index.Encode(data.Values)))
        {
            return;
        }

        if (mutates && codes.Length > 0)
        {
            codes[^1] ^= 255;
            sequence.Try($"{target.Name}.Decode({name} with other bits);", () => target.Index.Decode(codes));
            return;
        }

        float[] vectors = [];
        if (!sequence.Try($"{target.Name}.Decode({name});", () => vectors = target.Index.Decode(codes)) || !data.IsOrdinary || !target.Model.IsOrdinary)
        {
            return;
        }

        CheckAgainstMean(target.Model, data, vectors);
        CompareWithHeld(sequence, target);
    }

    private static void CheckAgainstMean(Model model, DataSpecification data, float[] vectors)
    {
        if (model.TrainingStyles.Count == 0 && !model.Kind.IsLossless)
        {
            return;
        }

        var check = model.Copy();
        check.IsKnown = true;
        check.Styles.Clear();
        check.Clear();
        check.Add(data);
        check.Renumber(0);
        CheckErrors(check, id => vectors.AsMemory((int)id * data.Dimension, data.Dimension));
    }

    // A vector that is held is encoded as it was when it was added.
    private static void CompareWithHeld(Sequence sequence, IndexVariable target)
    {
        // Local search encodes with random perturbations, and a code of IVFPQR lacks its refinement.
        if (!target.Model.Kind.Decodes || target.Model.Kind.Text.Contains("LSQ", StringComparison.Ordinal) || RefinedCodes().IsMatch(target.Model.Kind.Text))
        {
            return;
        }

        foreach (var item in target.Model.Samples())
        {
            byte[] codes = [];
            float[] decoded = [];
            if (Probe.TryReconstruct(sequence, target, item.Id) is not { } reconstructed
                || !sequence.Try($"{target.Name}.Decode({target.Name}.Encode({target.Name} vector {item.Id})); // check", () => decoded = target.Index.Decode(codes = target.Index.Encode(item.Vector))))
            {
                return;
            }

            for (var i = 0; i < decoded.Length; i++)
            {
                var range = 0.5 + item.Vector.Max(Math.Abs);
                if (Math.Abs(decoded[i] - reconstructed[i]) > 0.75 * range)
                {
                    throw new Fault("decoding", $"{target.Model.Kind.Text}: component {i} of vector {item.Id} is {item.Vector[i]}, {reconstructed[i]} reconstructed and {decoded[i]} decoded");
                }
            }
        }
    }

    [GeneratedRegex(@"PQ[0-9]+\+[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex RefinedCodes();
}
