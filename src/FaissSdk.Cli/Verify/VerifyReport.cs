using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Represents the findings of <c>faiss-sdk verify</c> and writes them as text.</summary>
internal sealed record VerifyReport
{
    // A smaller share of assignments decided by rounding does not affect the result noticeably.
    private const double NotableShare = 0.01;

    public required VerifyRequest Request { get; init; }

    public required DataFacts Data { get; init; }

    public required LockstepReport Lockstep { get; init; }

    public required PrecisionSample Precision { get; init; }

    public required TrainingRun Native { get; init; }

    public required TrainingRun Managed { get; init; }

    /// <summary>Gets the managed training without <see cref="KMeansOptions.Pruning"/>; null if pruning was disabled anyway.</summary>
    public required TrainingRun? Unpruned { get; init; }

    /// <summary>Gets the comparison of the whole trainings.</summary>
    public required BackendComparison Trainings { get; init; }

    /// <summary>Gets the comparison of exact searches, or null.</summary>
    public Check? Search { get; init; }

    /// <summary>Gets why exact searches are not compared, or null.</summary>
    public string? SearchNote { get; init; }

    /// <summary>Gets the comparison of SuperKMeans with the native training, or why there is none.</summary>
    public required SuperKMeansCheck SuperKMeans { get; init; }

    private bool Spherical => Request.Options.Spherical;

    private int Steps => Lockstep.Iterations.Count - 1;

    public IReadOnlyList<Check> Checks
    {
        get
        {
            return [.. ComparedChecks, .. MeanChecks, .. SuperKMeansChecks];
        }
    }

    /// <summary>Gets the checks of one backend against the other.</summary>
    private List<Check> ComparedChecks
    {
        get
        {
            var held = Lockstep.Iterations.Take(Steps).Count(iteration => iteration.UpdateHolds);
            var known = Lockstep.Iterations.Take(Steps).Count(iteration => iteration is { HasLongSplit: true, UpdateHolds: true });
            var error = Lockstep.Iterations.Max(iteration => iteration.ObjectiveError);
            var checks = new List<Check>
            {
                new("initial centroids", Lockstep.StartsEqual, Lockstep.StartsEqual ? (Spherical ? "equal up to the rounding of normalizing" : "equal bit for bit") : "differ"),
                new("assignments", Lockstep.Wrong == 0, Invariant($"{Lockstep.Compared:N0} compared: {Lockstep.WithinRounding:N0} differ within rounding error ({Percent(Lockstep.ShareWithinRounding)}), {Lockstep.Wrong:N0} beyond it")),
                new("nearest in double", Precision.Faults.Count == 0, Invariant($"of {Precision.Count:N0} points native misassigns {Percent((double)Precision.NativeMisassigned / Precision.Count)}, managed {Percent((double)Precision.ManagedMisassigned / Precision.Count)}; {Precision.Faults.Count:N0} beyond rounding error")),
                new("centroids, splits", held == Steps, Invariant($"equal {(Spherical ? "up to the rounding of normalizing" : "bit for bit")} in {held - known} of {Steps} iterations{(known == 0 ? "" : Invariant($"; in {known} native drew more than 10·k times for a split, as FAISS before 1.14.2 does, and its update follows from these draws"))}")),
                new("objectives", error <= 1, Invariant($"largest error is {error:0.0e+00} of the bound for rounding error")),
            };
            if (Search is not null)
            {
                checks.Add(Search);
            }

            if (Unpruned is not null)
            {
                var equal = Managed.Result.Centroids.SequenceEqual(Unpruned.Result.Centroids) && Managed.Iterations.Select(Figures).SequenceEqual(Unpruned.Iterations.Select(Figures));
                checks.Add(new("pruning", equal, equal ? "equal bit for bit with and without pruning (managed)" : "differs with and without pruning (managed)"));
            }

            return checks;

            static (float, double, int) Figures(KMeansIteration iteration) => (iteration.Objective, iteration.Imbalance, iteration.Splits);
        }
    }

    public bool Agrees => Checks.All(check => check.Holds);

    /// <summary>Gets the checks of each backend against the points.</summary>
    private IEnumerable<Check> MeanChecks
    {
        get
        {
            var (native, managed) = (Lockstep.NativeMeans, Lockstep.ManagedMeans);
            var outside = native.OutOfRange is not null ? $"native, {native.OutOfRange}" : managed.OutOfRange is not null ? $"managed, {managed.OutOfRange}" : null;
            yield return new("centroids in range", outside is null, outside ?? "each lies within the range of its points, in every component");
            var holds = native.Share <= 1 && managed.Share <= 1;
            var figures = Invariant($"largest error is {native.Share:0.0e+00} (native), {managed.Share:0.0e+00} (managed) of a tenth of the cluster's radius");
            yield return new("means in double", holds, holds ? figures : $"{figures}; {(native.Share > 1 ? $"native, {native.Farthest}" : $"managed, {managed.Farthest}")}");
        }
    }

    private Check[] SuperKMeansChecks => SuperKMeans.Check is { } check ? [check] : [];

    private bool AgreeWithEachOther => ComparedChecks.All(check => check.Holds);

    private bool AreMeansAccurate => Lockstep.NativeMeans.Holds && Lockstep.ManagedMeans.Holds;

    public void Write(CommandConsole console)
    {
        console.WriteLine(Invariant($"in lockstep, from native's centroids in each of {Steps} iterations{(Lockstep.BecameStationary ? " (after which they no longer change)" : "")}:"));
        foreach (var check in Checks)
        {
            console.WriteLine($"  {(check.Holds ? "ok" : "FAILED"),-7} {check.Name,-18} {check.Figures}");
        }

        if (SearchNote is not null)
        {
            console.WriteLine($"  {"-",-7} {"exact search",-18} not compared: {SearchNote}");
        }

        if (SuperKMeans.Note is { } note)
        {
            console.WriteLine($"  {"-",-7} {"superkmeans",-18} {note}");
        }

        console.WriteLine();
        console.WriteLine("independent trainings, for information:");
        console.WriteLine(Invariant($"  objectives differ by at most {Trainings.MaxObjectiveDifference:0.0e+00}; {Percent(Trainings.ShareEqualOnOwnCentroids)} of the points end in the same cluster"));
        console.WriteLine("  " + DescribeDivergence());
        console.WriteLine();
        foreach (var line in Advice())
        {
            console.WriteLine(line);
        }

        foreach (var line in Verdict())
        {
            console.WriteLine(line);
        }
    }

    private string DescribeDivergence()
    {
        var first = Lockstep.FirstDifferent;
        if (Lockstep.FirstLongSplit is var split and >= 0 && (first < 0 || split < first) && Lockstep.Iterations[split].UpdateHolds)
        {
            return Invariant($"they diverge in iteration {split}: FAISS before 1.14.2 draws more than 10·k times for a split; neither backend is at fault");
        }

        if (first >= 0)
        {
            var iteration = Lockstep.Iterations[first];
            var when = first == Steps ? "they diverge after the last iteration" : Invariant($"they diverge in iteration {first}");
            return iteration.Wrong == 0
                ? Invariant($"{when}: rounding decides which of two centroids is nearer to {iteration.WithinRounding:N0} points; neither backend is at fault")
                : Invariant($"{when}: {iteration.Wrong:N0} points are assigned differently by more than rounding error; this is a fault");
        }

        return !Lockstep.StartsEqual ? "they diverge at the initial centroids; this is a fault"
            : Spherical ? "they diverge, if at all, in the last bits of normalizing; neither backend is at fault"
            : AgreeWithEachOther ? "they do not diverge"
            : "they diverge after equal assignments; this is a fault";
    }

    private IEnumerable<string> Advice()
    {
        if (!AreMeansAccurate)
        {
            yield return DescribeAccurateSums();
            yield return "";
        }

        if (Lockstep.ShareWithinRounding < NotableShare || Spherical)
        {
            yield break;
        }

        yield return !Request.Options.Center && Data.IsFarFromOrigin
            ? Invariant($"advice: use --center. The origin is {Data.Offset / Data.Spread:N0} times as far from the mean as the points are, so rounding decides {Percent(Lockstep.ShareWithinRounding)} of the assignments; native misassigns {Percent((double)Precision.NativeMisassigned / Precision.Count)} of the points, managed {Percent((double)Precision.ManagedMisassigned / Precision.Count)}.")
            : Invariant($"note: rounding decides {Percent(Lockstep.ShareWithinRounding)} of the assignments: many points are equally near to two centroids. Duplicates, or more clusters than distinct points, cause this.");
        yield return "";
    }

    private IEnumerable<string> Verdict()
    {
        if (Agrees)
        {
            yield return Invariant($"verdict: native and managed agree on this data{(Lockstep.ShareWithinRounding < NotableShare ? "" : ", within the precision of float32")}");
            yield break;
        }

        if (AgreeWithEachOther && AreMeansAccurate)
        {
            yield return "verdict: native and managed agree on this data, but superkmeans does NOT REACH their objective: choose --backend native or managed";
            yield break;
        }

        var failed = string.Join("; ", Checks.Where(check => !check.Holds).Select(check => check.Name));
        yield return !AgreeWithEachOther ? $"verdict: native and managed DISAGREE on this data: {failed}"
            : $"verdict: native and managed agree with each other, but {WrongBackends} {(Lockstep.ManagedMeans.Holds ? "is" : "are")} WRONG on this data: {failed}";
        foreach (var fault in Faults().Take(3))
        {
            yield return "  " + fault;
        }

        if (AgreeWithEachOther)
        {
            // The precision of the sums is a choice, which the advice names, not a fault to report.
            yield break;
        }

        var again = Lockstep.Faults.Count == 0 ? Request.Options.MaxIterations : Math.Max(1, Math.Min(Request.Options.MaxIterations, Lockstep.Faults[0].Iteration + 1));
        yield return "to reproduce: " + Request.CommandLine(again);
        yield return "to report: include this output, the output of faiss-sdk doctor, and the file";
    }

    private IEnumerable<string> Faults() =>
    [
        .. Lockstep.Faults.Select(fault => fault.Iteration < 0 ? fault.Description : Invariant($"iteration {fault.Iteration}, {fault.Description}")),
        .. Precision.Faults,
        .. MeanFaults("native", Lockstep.NativeMeans),
        .. MeanFaults("managed", Lockstep.ManagedMeans),
    ];

    private static IEnumerable<string> MeanFaults(string backend, MeanError means)
    {
        if (!means.Holds)
        {
            yield return $"{backend}, {means.OutOfRange ?? means.Farthest}";
        }
    }

    private string WrongBackends => Lockstep.ManagedMeans.Holds ? "native" : Lockstep.NativeMeans.Holds ? "managed" : "both";

    private string DescribeAccurateSums()
    {
        var center = Request.Options.Center || Request.Options.Spherical ? "" : Data.IsFarFromOrigin ? ", or --center, which also helps FAISS itself" : "";
        var trained = Lockstep.ManagedMeans.Holds
            ? " A training adds up in double precision where that is needed (--sums auto, the default) and is not affected."
            : "";
        return $"advice: accurate sums are needed: use --sums double{center}. Sums in single precision, as in FAISS, are too inaccurate for clusters of so many points.{trained}";
    }

    private static string Percent(double share) => Invariant($"{share * 100:0.##} %");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Represents one property that was checked.</summary>
    internal sealed record Check(string Name, bool Holds, string Figures);
}
