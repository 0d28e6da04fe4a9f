using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FaissSdk.Sequences;

/// <summary>Shortens failing sequences: leaves out steps while the rest still fails.</summary>
internal static partial class Shrinker
{
    private const int Seconds = 15;

    /// <summary>Returns a failure of fewer steps, or the same; null if the steps do not fail on their own.</summary>
    public static Failure? Shrink(Failure failure)
    {
        var started = Stopwatch.GetTimestamp();
        if (Try(failure, failure.Sequence.Steps) is not { } best)
        {
            return null;
        }

        best = Try(failure, Slice(best.Sequence.Steps)) ?? best;
        for (var size = Math.Max(1, best.Sequence.Steps.Count / 2); size >= 1; size /= 2)
        {
            for (var start = best.Sequence.Steps.Count - size; start >= 0; start -= size)
            {
                if (Stopwatch.GetElapsedTime(started).TotalSeconds > Seconds || failure.Kind == "timeout")
                {
                    return best;
                }

                var steps = best.Sequence.Steps.ToList();
                if (start + size > steps.Count || size == steps.Count)
                {
                    continue;
                }

                steps.RemoveRange(start, size);
                best = Try(failure, steps) ?? best;
            }
        }

        return best;
    }

    private static Failure? Try(Failure failure, IReadOnlyList<RecordedStep> steps) =>
        Child.Replay(failure.Sequence.Seed, steps).Failure is { } found && found.Resembles(failure) ? found : null;

    // The steps that the last one depends on through its variables.
    private static List<RecordedStep> Slice(List<RecordedStep> steps)
    {
        var needed = new HashSet<string>();
        var kept = new List<RecordedStep>();
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            var names = steps[i].Choices.Where(choice => Name().IsMatch(choice)).ToArray();
            var creates = needed.Any(name => Name().Match(name).Groups[1].Value == $"{steps[i].Number}");
            if (i == steps.Count - 1 || creates || names.Any(needed.Contains))
            {
                needed.UnionWith(names);
                kept.Insert(0, steps[i]);
            }
        }

        return kept;
    }

    [GeneratedRegex(@"^[a-z]+(\d+)(_\d+)?$")]
    private static partial Regex Name();
}
