using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Everything <c>faiss-sdk verify</c> found out, and what it says about it.</summary>
internal sealed record Verification
{
    // Of a share below this the result does not suffer.
    private const double NotableShare = 0.01;

    public required VerifyRequest Request { get; init; }

    public required DataFacts Data { get; init; }

    public required LockstepReport Lockstep { get; init; }

    public required PrecisionSample Precision { get; init; }

    public required TrainingRun Native { get; init; }

    public required TrainingRun Managed { get; init; }

    /// <summary>The managed training without <see cref="KMeansOptions.Pruning"/>; null when none was asked for.</summary>
    public required TrainingRun? Unpruned { get; init; }

    /// <summary>How the whole trainings compare.</summary>
    public required BackendComparison Trainings { get; init; }

    private bool Spherical => Request.Options.Spherical;

    private int Steps => Lockstep.Iterations.Count - 1;

    public IReadOnlyList<VerifyCheck> Checks
    {
        get
        {
            var held = Lockstep.Iterations.Take(Steps).Count(iteration => iteration.UpdateHolds);
            var error = Lockstep.Iterations.Max(iteration => iteration.ObjectiveError);
            var checks = new List<VerifyCheck>
            {
                new("initial centroids", Lockstep.StartsAlike, Lockstep.StartsAlike ? (Spherical ? "equal to the rounding of normalizing" : "equal bit for bit") : "differ"),
                new("assignments", Lockstep.Wrong == 0, Invariant($"{Lockstep.Compared:N0} compared: {Lockstep.Excused:N0} differ within rounding ({Percent(Lockstep.ShareExcused)}), {Lockstep.Wrong:N0} beyond")),
                new("nearest in double", Precision.Faults.Count == 0, Invariant($"of {Precision.Count:N0} points native misassigns {Percent((double)Precision.NativeMisassigned / Precision.Count)}, managed {Percent((double)Precision.ManagedMisassigned / Precision.Count)}; {Precision.Faults.Count:N0} beyond rounding")),
                new("centroids, splits", held == Steps, Invariant($"equal {(Spherical ? "to the rounding of normalizing" : "bit for bit")} after {held} of {Steps} iterations")),
                new("objectives", error <= 1, Invariant($"off by at most {error:0.0e+00} of what rounding may make them")),
            };
            if (Unpruned is not null)
            {
                var equal = Managed.Result.Centroids.SequenceEqual(Unpruned.Result.Centroids) && Managed.Iterations.Select(Figures).SequenceEqual(Unpruned.Iterations.Select(Figures));
                checks.Add(new("pruning", equal, equal ? "the managed result is the same, bit for bit, without" : "the managed result is another one without"));
            }

            return checks;

            static (float, double, int) Figures(KMeansIteration iteration) => (iteration.Objective, iteration.Imbalance, iteration.Splits);
        }
    }

    public bool Agrees => Checks.All(check => check.Holds);

    public void Write(CommandConsole console)
    {
        console.WriteLine(Invariant($"from native's centroids in each of {Steps} iterations{(Lockstep.StoodStill ? " (then they stood still)" : "")}:"));
        foreach (var check in Checks)
        {
            console.WriteLine($"  {(check.Holds ? "ok" : "FAILED"),-7} {check.Name,-18} {check.Figures}");
        }

        console.WriteLine();
        console.WriteLine("each by itself, for information:");
        console.WriteLine(Invariant($"  objectives differ by at most {Trainings.LargestObjectiveDifference:0.0e+00}; {Percent(Trainings.ShareAssignedAlike)} of the points end in the same cluster"));
        console.WriteLine("  " + WhereTheyPart());
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

    private string WhereTheyPart()
    {
        if (Lockstep.FirstDifferent is var first and >= 0)
        {
            var iteration = Lockstep.Iterations[first];
            var when = first == Steps ? "they part after the last iteration" : Invariant($"they part in iteration {first}");
            return iteration.Wrong == 0
                ? Invariant($"{when}: {iteration.Excused:N0} points are as near to two centroids as float32 can tell; no fault of either")
                : Invariant($"{when}: {iteration.Wrong:N0} points are assigned differently by more than rounding explains; a fault");
        }

        return !Lockstep.StartsAlike ? "they part at the start; a fault"
            : Spherical ? "they part, if at all, by the last bits of normalizing; no fault of either"
            : Agrees ? "they do not part"
            : "they part after an assignment that agrees; a fault";
    }

    private IEnumerable<string> Advice()
    {
        if (Lockstep.ShareExcused < NotableShare || Spherical)
        {
            yield break;
        }

        yield return !Request.Options.Center && Data.IsFarFromOrigin
            ? Invariant($"advice: use --center. The points are {Data.Offset / Data.Spread:N0} times as far from the origin as from their mean: rounding decides {Percent(Lockstep.ShareExcused)} of the assignments, and of the points native misassigns {Percent((double)Precision.NativeMisassigned / Precision.Count)}, managed {Percent((double)Precision.ManagedMisassigned / Precision.Count)}.")
            : Invariant($"note: rounding decides {Percent(Lockstep.ShareExcused)} of the assignments: many points are as near to two centroids, as with duplicates, or with more clusters than there are distinct points.");
        yield return "";
    }

    private IEnumerable<string> Verdict()
    {
        if (Agrees)
        {
            yield return Invariant($"verdict: native and managed agree on this data{(Lockstep.ShareExcused < NotableShare ? "" : ", as far as float32 can tell")}");
            yield break;
        }

        var failed = Checks.Where(check => !check.Holds).Select(check => check.Name).ToArray();
        yield return $"verdict: native and managed DISAGREE on this data: {string.Join("; ", failed)}";
        foreach (var fault in Faults().Take(3))
        {
            yield return "  " + fault;
        }

        var again = Lockstep.Faults.Count == 0 ? Request.Options.Iterations : Math.Max(1, Math.Min(Request.Options.Iterations, Lockstep.Faults[0].Iteration + 1));
        yield return "to see it again: " + Request.CommandLine(again);
        yield return "to report it: this output, that of faiss-sdk doctor, and the file";
    }

    private IEnumerable<string> Faults() =>
    [
        .. Lockstep.Faults.Select(fault => fault.Iteration < 0 ? $"start, {fault.What}" : Invariant($"iteration {fault.Iteration}, {fault.What}")),
        .. Precision.Faults,
    ];

    private static string Percent(double share) => Invariant($"{share * 100:0.##} %");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
