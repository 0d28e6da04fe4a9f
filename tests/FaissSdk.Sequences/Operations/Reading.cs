namespace FaissSdk.Sequences;

/// <summary>Reads vectors and properties.</summary>
internal static class Reading
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("Reconstruct", 6, Reconstruct) { IsModelled = true },
        new("ReconstructRange", 5, ReconstructRange) { IsModelled = true },
        new("ComputeResidual", 3, ComputeResidual),
        new("Properties", 2, ReadProperties),
        new("DistanceSubset", 2, ComputeDistanceSubset),
    ];

    /// <summary>Chooses an id of a vector that is held, or rarely another.</summary>
    public static long Id(Chooser chooser, IndexVariable target)
    {
        var text = chooser.Text(random =>
        {
            var items = target.Model.Items;
            if (target.Model.FormerIds.Count > 0 && random.Next(4) == 0)
            {
                return $"{target.Model.FormerIds[random.Next(target.Model.FormerIds.Count)]}";
            }

            return $"{(items.Count > 0 && random.Next(6) != 0 ? items[random.Next(items.Count)].Id : random.Next(8) switch
            {
                0 => -1,
                1 => long.MaxValue,
                2 => long.MinValue,
                3 => items.Count,
                _ => random.Next(1000),
            })}";
        });
        return long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void Reconstruct(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var id = Id(chooser, target);
        float[] vector = [];
        if (!sequence.Try($"{target.Name}.Reconstruct({id});", () => vector = target.Index.Reconstruct(id)) || !target.Model.IsKnown)
        {
            return;
        }

        var items = target.Model.Items.FindAll(item => item.Id == id);
        if (items.Count == 0)
        {
            throw new Fault("wrong id", $"{target.Name} ({target.Model.Kind.Text}) reconstructs id {id}, which it does not hold");
        }

        if (items.Count == 1 && target.Model.IsOrdinary)
        {
            Probe.CheckVector(target.Model, items[0], vector);
        }
    }

    private static void ReconstructRange(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var first = Id(chooser, target);
        var count = chooser.Usually([1, 2, 10, 100, target.Model.Items.Count], [-1, int.MaxValue, 1_000_000]);
        float[] vectors = [];
        if (!sequence.Try($"{target.Name}.ReconstructRange({first}, {count});", () => vectors = target.Index.ReconstructRange(first, count)) || !target.Model.IsKnown || !target.Model.IsOrdinary)
        {
            return;
        }

        var (d, model) = (target.Model.Dimension, target.Model);
        foreach (var item in model.Items)
        {
            if (item.Id >= first && item.Id < first + count && model.Items.Count(other => other.Id == item.Id) == 1)
            {
                Probe.CheckVector(model, item, vectors.AsSpan((int)(item.Id - first) * d, d));
            }
        }

        Codes.CheckErrors(model, id => id >= first && id < first + count ? vectors.AsMemory((int)(id - first) * d, d) : default);
    }

    private static void ComputeResidual(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var (data, several) = (chooser.Data(target.Model.Dimension, 1, 3), chooser.Chance(50));
        long[] ids = [.. Enumerable.Range(0, several ? data.Count : 1).Select(_ => Id(chooser, target))];
        var residuals = new float[ids.Length * data.Dimension];
        var vectors = data.Values[..residuals.Length];
        var done = several
            ? sequence.Try($"{target.Name}.ComputeResiduals({data}, [{string.Join(", ", ids)}], new float[{residuals.Length}]);", () => target.Index.ComputeResiduals(vectors, ids, residuals))
            : sequence.Try($"{target.Name}.ComputeResidual({data}.AsSpan(0, {data.Dimension}), {ids[0]}, new float[{residuals.Length}]);", () => target.Index.ComputeResidual(vectors, ids[0], residuals));
        var model = target.Model;
        if (!done || !model.IsKnown || !model.Kind.IsLossless || !model.IsOrdinary || !data.IsOrdinary)
        {
            return;
        }

        for (var i = 0; i < residuals.Length; i++)
        {
            var items = model.Items.FindAll(item => item.Id == ids[i / data.Dimension]);
            if (items.Count == 1 && Math.Abs(vectors[i] - items[0].Vector[i % data.Dimension] - residuals[i]) > 1e-3 * (1 + Math.Abs(vectors[i]) + Math.Abs(items[0].Vector[i % data.Dimension])))
            {
                throw new Fault("reconstruction", $"component {i} of a residual is {residuals[i]}, expected {vectors[i] - items[0].Vector[i % data.Dimension]}");
            }
        }
    }

    private static void ReadProperties(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var index = target.Index;
        sequence.Try($"_ = ({target.Name}.Count, {target.Name}.IsTrained, {target.Name}.Verbose, {target.Name}.Dimension, {target.Name}.Metric);", () => _ = (index.Count, index.IsTrained, index.Verbose, index.Dimension, index.Metric));
        if (!target.IsDisposed && (index.Dimension != target.Model.Dimension || index.Metric != target.Model.Metric))
        {
            throw new Fault("properties", $"{target.Name} has dimension {index.Dimension} and metric {index.Metric}");
        }

        foreach (var property in index.GetType().GetProperties().Where(property => property.CanRead && (property.PropertyType.IsValueType || property.PropertyType == typeof(string))))
        {
            sequence.Try($"_ = {target.Name}.{property.Name};", () => _ = property.GetValue(index, System.Reflection.BindingFlags.DoNotWrapExceptions, null, null, null));
        }

        switch (index)
        {
            case IndexIVF lists:
                sequence.Try($"_ = ({target.Name}.NProbe, {target.Name}.ImbalanceFactor, {target.Name}.OwnsParts, {target.Name}.QuantizerTraining);", () => _ = (lists.NProbe, lists.ImbalanceFactor, lists.OwnsParts, lists.QuantizerTraining));
                break;
            case IndexIDMap map:
                long[] ids = [];
                if (sequence.Try($"{target.Name}.CopyIds();", () => ids = map.CopyIds()) && target.Model.IsKnown && !ids.SequenceEqual(target.Model.Items.Select(item => item.Id)))
                {
                    throw new Fault("wrong id", "CopyIds returns other ids than were added, or in another order");
                }

                break;
            case IndexFlat flat:
                float[] vectors = [];
                if (sequence.Try($"{target.Name}.CopyVectors();", () => vectors = flat.CopyVectors()) && target.Model.IsKnown && !vectors.SequenceEqual(target.Model.Items.SelectMany(item => item.Vector)))
                {
                    throw new Fault("reconstruction", "CopyVectors returns other vectors than were added");
                }

                break;
            default:
                break;
        }
    }

    private static void ComputeDistanceSubset(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexFlat);
        var flat = target.Index as IndexFlat ?? throw new StepNotPossibleException();
        var queries = chooser.Data(target.Model.Dimension, 1, 2);
        long[] ids = [.. Enumerable.Range(0, queries.Count * 2).Select(_ => Id(chooser, target))];
        sequence.Try($"{target.Name}.ComputeDistanceSubset({queries}, [{string.Join(", ", ids)}], new float[{ids.Length}]);", () => flat.ComputeDistanceSubset(queries.Values, ids, new float[ids.Length]));
    }
}
