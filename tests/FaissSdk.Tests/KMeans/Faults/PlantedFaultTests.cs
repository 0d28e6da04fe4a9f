using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Law 8: faults planted in the native path are caught, and the case that catches each one is printed.</summary>
public partial class PlantedFaultTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, Func<KMeansCase, Verdict>> Faults = new()
    {
        ["lockstep: two assignments swapped"] = Lockstep(new() { Labels = labels => (labels[0], labels[^1]) = (labels[^1], labels[0]) }),
        ["lockstep: the seed shifted by one"] = Lockstep(new() { Seed = seed => seed + 1 }),
        ["lockstep: the last centroid ignored"] = Lockstep(new() { Assigner = FaultyAssigner.WithoutLastCentroid }),
        ["lockstep: the objective short of one point"] = Lockstep(new() { Objective = distances => distances[..^1].Aggregate(0f, (sum, distance) => sum + distance) }),
        ["lockstep: the halves of a split exchanged"] = Lockstep(new() { Split = (sizes, count, d, centroids) => Split(sizes, count, d, centroids, (filled, donor) => (donor, filled)) }),
        ["lockstep: integers rounded half to even"] = Lockstep(new() { Rounding = MidpointRounding.ToEven }),
        ["reference: ties to the highest number"] = Reference(new() { Assigner = FaultyAssigner.FromTheLast }),
        ["reference: a mean short of one point"] = Reference(new() { PointsLeftOut = 1 }),
        ["reference: spherical centroids not normalized"] = Reference(new() { Normalizes = false }),
        ["Lloyd: a split dropped"] = Lloyd(new() { Split = DropLast }),
        ["Lloyd: a split that leaves the empty one at the origin"] = Lloyd(new() { Split = (sizes, count, d, centroids) => Split(sizes, count, d, centroids, (_, donor) => (0, donor)) }),
        ["Lloyd: a centroid that stays where it was"] = Lloyd(new() { Move = (before, after) => after[0] = before[0] }),
        ["symmetry: the last component ignored"] = Symmetric(new() { Assigner = FaultyAssigner.WithoutLastComponent }),
        ["means: sums in single precision"] = of => MeansLaw.Check(of with { Summation = KMeansSummation.Auto }, (d, k, options) => Engines.Managed(d, k, options with { Summation = KMeansSummation.SinglePrecision })),
        ["scale: distances not squared"] = Scale(new() { Objective = distances => distances.Sum(MathF.Sqrt) }),
        ["trajectory: the first points for a sample"] = Trajectory((points, d, k, options) => points[..((int)Math.Min(points.Length, (long)k * options.MaxPointsPerCentroid * d))], options => options),
        ["trajectory: the seed shifted by one"] = Trajectory((points, _, _, _) => points, options => options with { Seed = options.Seed + 1 }),
        ["trajectory: an iteration too few"] = Trajectory((points, _, _, _) => points, options => options with { MaxIterations = Math.Max(1, options.MaxIterations - 1) }),
    };

    public static TheoryData<string> Names() => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_fault_is_caught(string name)
    {
        Native.Require();
        // The search ends at the first case that catches the fault; some faults are caught by one case in a hundred.
        var error = Record.Exception(() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(10 * CaseBudget.Cases), Prop.ForAll(KMeansCases.Any(), of => Faults[name](of).ToProperty())));
        Assert.NotNull(error);
        var caught = Caught().Match(error.Message);
        output.WriteLine($"{name}: {caught.Groups["after"]}, {caught.Groups["reason"]}");
        Assert.True(caught.Success, error.Message);
    }

    [Theory]
    [InlineData("lockstep")]
    [InlineData("reference")]
    [InlineData("Lloyd")]
    [InlineData("symmetry")]
    [InlineData("scale")]
    public void The_double_keeps_every_law_without_a_fault(string law)
    {
        Native.Require();
        var keeps = law switch
        {
            "lockstep" => Lockstep(new()),
            "reference" => Reference(new()),
            "Lloyd" => Lloyd(new()),
            "symmetry" => Symmetric(new()),
            _ => Scale(new()),
        };
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(CaseBudget.Cases / 10), Prop.ForAll(KMeansCases.Any(), of => keeps(of).ToProperty()));
    }

    private static Func<KMeansCase, Verdict> Lockstep(Fault fault) => of => LockstepLaw.Check(of, fault.Engine, Engines.Managed);

    private static Func<KMeansCase, Verdict> Reference(Fault fault) => of => ReferenceLaw.Check(of, fault.Engine);

    private static Func<KMeansCase, Verdict> Lloyd(Fault fault) => of => LloydLaw.Check(of, fault.Engine);

    private static Func<KMeansCase, Verdict> Symmetric(Fault fault) => of => SymmetryLaw.Check(of, fault.Engine);

    private static Func<KMeansCase, Verdict> Scale(Fault fault) => of => ScaleLaw.Check(of, fault.Engine);

    private static Func<KMeansCase, Verdict> Trajectory(Func<float[], int, int, KMeansOptions, float[]> points, Func<KMeansOptions, KMeansOptions> options)
    {
        var faulty = new NativeTraining(
            (x, d, k, o) => OneCall.Train(points(x, d, k, o), d, k, options(o)),
            (x, d, k, o) => OneCall.InitialCentroids(points(x, d, k, o), d, k, options(o)));
        return of => TrajectoryLaw.Check(of, faulty, Engines.Managed);
    }

    /// <summary>Splits and, where one cluster was empty, changes each component of its centroid and of the donor's.</summary>
    private static int Split(double[] sizes, int count, int dimension, float[] centroids, Func<float, float, (float, float)> change)
    {
        var empty = Array.IndexOf(sizes, 0.0);
        var before = (float[])centroids.Clone();
        var splits = CentroidUpdate.SplitIntoEmpty(sizes, count, dimension, centroids, CancellationToken.None);
        if (splits == 1)
        {
            var donor = Enumerable.Range(0, before.Length).FirstOrDefault(at => at / dimension != empty && before[at] != centroids[at]) / dimension;
            for (var j = 0; j < dimension; j++)
            {
                var (filledAt, donorAt) = ((empty * dimension) + j, (donor * dimension) + j);
                (centroids[filledAt], centroids[donorAt]) = change(centroids[filledAt], centroids[donorAt]);
            }
        }

        return splits;
    }

    private static int DropLast(double[] sizes, int count, int dimension, float[] centroids)
    {
        var last = Array.LastIndexOf(sizes, 0.0);
        var splits = CentroidUpdate.SplitIntoEmpty(sizes, count, dimension, centroids, CancellationToken.None);
        if (splits > 0)
        {
            centroids.AsSpan(last * dimension, dimension).Clear();
        }

        return Math.Max(0, splits - 1);
    }

    // A message without a label means that an exception ended the property.
    [GeneratedRegex(@"Falsifiable, (?<after>after \d+ tests? \(\d+ shrinks?\)).*Label of failing property: (?<reason>[^\r\n]+)", RegexOptions.Singleline)]
    private static partial Regex Caught();
}
