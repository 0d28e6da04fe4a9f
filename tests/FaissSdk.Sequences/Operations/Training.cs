namespace FaissSdk.Sequences;

/// <summary>Centroids and matrices that are set instead of trained.</summary>
internal static class Training
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("SetCentroids", 3, SetCentroids) { IsModelled = true },
        new("TrainCoarse", 3, TrainCoarse) { IsModelled = true },
        new("ApplyCentroids", 2, ApplyCentroids),
        new("SetMatrix", 2, SetMatrix),
        new("Transpose", 2, Transpose),
        new("ClusteringCentroids", 1, SetClusteringCentroids),
    ];

    private static void SetCentroids(Sequence sequence, Chooser chooser)
    {
        var target = Lists(sequence, chooser);
        var count = chooser.Usually([Math.Max(1, target.Model.Kind.Lists)], [1, target.Model.Kind.Lists + 1]);
        var centroids = chooser.Data(target.Model.Dimension, count, count);
        Changes.Change(sequence, target, $"((IndexIVF){target.Name}).SetCentroids({centroids});", () => Of(target).SetCentroids(centroids.Values), model => Train(model, centroids));
    }

    private static void TrainCoarse(Sequence sequence, Chooser chooser)
    {
        var target = Lists(sequence, chooser);
        var data = Changes.Data(chooser, target, 80);
        Changes.Change(sequence, target, $"((IndexIVF){target.Name}).TrainCoarse({data});", () => Of(target).TrainCoarse(data.Values), model => Train(model, data));
    }

    private static void ApplyCentroids(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var d = target.Model.Dimension;
        var m = chooser.Usually([1, 2, 4], [0, 3]);
        var bits = chooser.Usually([4], [1, 8, 0]);
        var count = Math.Max(1, 1 << bits);
        var values = chooser.Data(d, count, count);
        Changes.Change(
            sequence,
            target,
            $"new ProductQuantizerCentroids({m}, {bits}, {d}, {values}).ApplyTo({target.Name});",
            () =>
            {
                using var centroids = new ProductQuantizerCentroids(m, bits, d, values.Values);
                centroids.ApplyTo(target.Index);
            },
            model => Train(model, values));
    }

    private static void SetMatrix(Sequence sequence, Chooser chooser)
    {
        var (target, transform) = Linear(sequence, chooser);
        var rows = chooser.Usually([transform.OutputDimension], [transform.OutputDimension + 1]);
        var matrix = chooser.Data(transform.InputDimension, rows, rows);
        var (hasBias, bias) = (chooser.Chance(40), chooser.Data(transform.OutputDimension, 1, 1));
        sequence.Try($"((LinearTransform){target.Name}).SetMatrix({matrix}{(hasBias ? $", {bias}" : "")});", () => transform.SetMatrix(matrix.Values, hasBias ? bias.Values : default));
    }

    private static void Transpose(Sequence sequence, Chooser chooser)
    {
        var (target, transform) = Linear(sequence, chooser);
        var data = chooser.Data(transform.OutputDimension, 0, 4);
        var vectors = new float[data.Count * transform.InputDimension];
        sequence.Try($"((LinearTransform){target.Name}).DetermineOrthonormality();", () => _ = (transform.DetermineOrthonormality(), transform.HasBias, transform.IsOrthonormal));
        sequence.Try($"((LinearTransform){target.Name}).TransformTranspose({data}, new float[{vectors.Length}]);", () => transform.TransformTranspose(data.Values, vectors));
        sequence.Try($"TransformMatrix.Of((LinearTransform){target.Name}).Dispose();", () =>
        {
            using var matrix = TransformMatrix.Of(transform);
            if (matrix.Matrix.Length != transform.InputDimension * transform.OutputDimension)
            {
                throw new Fault("properties", $"the matrix of {target.Name} has {matrix.Matrix.Length} components");
            }
        });
    }

    private static void SetClusteringCentroids(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var d = target.Model.Dimension;
        var clusters = chooser.Usually([1, 2, 4], [0]);
        var count = chooser.Usually([1, clusters], [clusters + 1]);
        var (centroids, data) = (chooser.Data(d, count, count), chooser.Data(d, 1, chooser.Swarm?.MaxCount ?? 1));
        Changes.Change(
            sequence,
            target,
            $"using (var clustering = new Clustering({d}, {clusters})) {{ clustering.SetCentroids({centroids}); clustering.Train({data}, {target.Name}); }}",
            () =>
            {
                using var clustering = new FaissSdk.Clustering(d, clusters);
                clustering.SetCentroids(centroids.Values);
                clustering.Train(data.Values, target.Index);
            },
            model => (model.IsKnown, model.IsOrdinary) = (false, model.IsOrdinary && data.IsOrdinary && centroids.IsOrdinary));
    }

    private static IndexVariable Lists(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence, variable => variable.Index is IndexIVF);
        return target.Index is IndexIVF ? target : throw new StepNotPossibleException();
    }

    private static IndexIVF Of(IndexVariable target) => (IndexIVF)target.Index;

    private static (OtherVariable Variable, LinearTransform Transform) Linear(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Variable<OtherVariable>(sequence.Variables, variable => !variable.IsDisposed && variable.Value is LinearTransform);
        return (target, target.Value as LinearTransform ?? throw new StepNotPossibleException());
    }

    // Nothing is known of the errors of an index that was not trained on its own vectors.
    private static void Train(Model model, DataSpecification data)
    {
        model.TrainingStyles.Add(data.Style);
        model.IsOrdinary &= data.IsOrdinary;
        model.Kind = model.Kind with { Decodes = false };
    }
}
