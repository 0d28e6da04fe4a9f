using System.Globalization;

namespace FaissSdk.Sequences;

/// <summary>Transforms and clustering.</summary>
internal static class Transforms
{
    public static IEnumerable<Operation> Operations { get; } =
    [
        new("Transform", 6, Create) { Creates = true },
        new("TrainTransform", 4, Train),
        new("Apply", 4, Apply),
        new("Cluster", 3, Cluster),
        new("KMeans", 1, TrainKMeans),
    ];

    private static void Create(Sequence sequence, Chooser chooser)
    {
        var input = int.Parse(chooser.Text(random => chooser.Swarm!.Dimension(random).ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        var output = chooser.Usually([input, input, Math.Max(1, input / 2), 1], [input + 1, 0, -1]);
        var number = chooser.Int(0, 7);
        var trains = chooser.Chance(70);
        var data = chooser.Data(input, 40, Math.Max(40, chooser.Swarm?.MaxCount ?? 1));
        var name = sequence.NewName("x");
        VectorTransform? transform = null;
        var text = number switch
        {
            0 => $"new PCAMatrix({input}, {output})",
            1 => $"new OPQMatrix({input}, {Math.Max(1, output / 2)}, {output})",
            2 => $"new RandomRotationMatrix({input}, {output})",
            3 => $"new ITQMatrix({input})",
            4 => $"new ITQTransform({input}, {output}, applyPca: true)",
            5 => $"new CenteringTransform({input})",
            6 => $"new NormalizationTransform({input})",
            _ => $"new RemapDimensionsTransform({input}, {output})",
        };
        if (!sequence.Try($"var {name} = {text};", () => transform = number switch
        {
            0 => new PCAMatrix(input, output),
            1 => new OPQMatrix(input, Math.Max(1, output / 2), output),
            2 => new RandomRotationMatrix(input, output),
            3 => new ITQMatrix(input),
            4 => new ITQTransform(input, output, applyPca: true),
            5 => new CenteringTransform(input),
            6 => new NormalizationTransform(input),
            _ => new RemapDimensionsTransform(input, output),
        }))
        {
            return;
        }

        sequence.Add(new OtherVariable(name, transform!));
        if (trains && !transform!.IsTrained)
        {
            sequence.Try($"{name}.Train({data});", () => transform.Train(data.Values));
        }
    }

    private static (OtherVariable Variable, VectorTransform Transform) Target(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Variable<OtherVariable>(sequence.Variables, variable => !variable.IsDisposed && variable.Value is VectorTransform);
        return (target, target.Value as VectorTransform ?? throw new StepNotPossibleException());
    }

    private static void Train(Sequence sequence, Chooser chooser)
    {
        var (target, transform) = Target(sequence, chooser);
        var data = chooser.Data(transform.InputDimension, 1, chooser.Swarm?.MaxCount ?? 1);
        sequence.Try($"{target.Name}.Train({data});", () => transform.Train(data.Values));
    }

    private static void Apply(Sequence sequence, Chooser chooser)
    {
        var (target, transform) = Target(sequence, chooser);
        var data = chooser.Data(transform.InputDimension, 0, 5);
        float[] applied = [];
        if (!sequence.Try($"{target.Name}.Apply({data});", () => applied = transform.Apply(data.Values)))
        {
            return;
        }

        float[] reversed = [];
        if (sequence.Try($"{target.Name}.ReverseTransform({target.Name}.Apply({data}));", () => reversed = transform.ReverseTransform(applied))
            && transform is RandomRotationMatrix && transform.InputDimension == transform.OutputDimension && data.IsOrdinary)
        {
            for (var i = 0; i < reversed.Length; i++)
            {
                if (Math.Abs(reversed[i] - data.Values[i]) > 1e-3 * (1 + data.Values.Max(Math.Abs)))
                {
                    throw new Fault("transform", $"{target.Name} reverses component {i} to {reversed[i]} instead of {data.Values[i]}");
                }
            }
        }
    }

    private static void Cluster(Sequence sequence, Chooser chooser)
    {
        var target = chooser.Index(sequence);
        var data = chooser.Data(target.Model.Dimension, 1, chooser.Swarm?.MaxCount ?? 1);
        var clusters = chooser.Usually([1, 2, 4, 8], [0, -1, 100_000]);
        var name = sequence.NewName("clustering");
        var statement = $"using (var {name} = new Clustering({target.Model.Dimension}, {clusters})) {name}.Train({data}, {target.Name});";
        Changes.Change(
            sequence,
            target,
            statement,
            () =>
            {
                using var clustering = new Clustering(target.Model.Dimension, clusters);
                clustering.Train(data.Values, target.Index);
                CheckCentroids(target.Model.Metric, data, clustering.CopyCentroids());
            },
            model => (model.IsKnown, model.IsOrdinary) = (false, model.IsOrdinary && data.IsOrdinary));
    }

    private static void TrainKMeans(Sequence sequence, Chooser chooser)
    {
        var dimension = int.Parse(chooser.Text(random => chooser.Swarm!.Dimension(random).ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
        var data = chooser.Data(dimension, 1, chooser.Swarm?.MaxCount ?? 1);
        var clusters = chooser.Usually([1, 2, 4, 8], [0, -1, 100_000]);
        KMeansResult? result = null;
        if (sequence.Try($"KMeans.Train({data}, {dimension}, {clusters});", () => result = KMeans.Train(data.Values, dimension, clusters)))
        {
            CheckCentroids(MetricType.L2, data, result!.Centroids.ToArray());
        }
    }

    /// <summary>Checks that centroids lie where means of the points can.</summary>
    /// <remarks>The mean of points lies within their range, and FAISS moves a centroid that it splits by a 1,024th of its components.</remarks>
    public static void CheckCentroids(MetricType metric, DataSpecification data, float[] centroids)
    {
        if (metric != MetricType.L2 || !data.IsOrdinary || data.Count == 0)
        {
            return;
        }

        var (least, most) = (data.Values.Min(), data.Values.Max());
        var slack = 1e-2 * (1 + Math.Max(Math.Abs(least), Math.Abs(most)));
        foreach (var component in centroids)
        {
            if (!(component >= least - slack && component <= most + slack))
            {
                throw new Fault("centroid", $"a centroid has component {component}, and the points lie between {least} and {most}");
            }
        }
    }
}
