using System.Globalization;

namespace FaissSdk.Cli;

/// <summary>Compares both backends' assignments of some points to the final native centroids with a search in double precision.</summary>
internal sealed record PrecisionSample
{
    private const int MaxCount = 1000;

    /// <summary>Gets the number of points compared.</summary>
    public required int Count { get; init; }

    /// <summary>Gets the number of points for which native does not find the nearest centroid.</summary>
    public required int NativeMisassigned { get; init; }

    /// <summary>Gets the number of points for which managed does not find the nearest centroid.</summary>
    public required int ManagedMisassigned { get; init; }

    /// <summary>Gets descriptions of the misassigned points that rounding error does not explain.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    public static PrecisionSample Take(ReadOnlySpan<float> points, LockstepReport report, int dimension, bool spherical, Func<int, int> rowOf, CancellationToken cancellationToken)
    {
        var count = points.Length / dimension;
        var rows = Enumerable.Range(0, Math.Min(count, MaxCount)).Select(i => (int)((long)i * count / Math.Min(count, MaxCount))).ToArray();
        var centroids = report.Centroids;
        int nativeMisassigned = 0, managedMisassigned = 0;
        var faults = new List<string>();
        var scores = new Score[centroids.Length / dimension];
        for (var i = 0; i < rows.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var point = points.Slice(rows[i] * dimension, dimension);
            for (var c = 0; c < scores.Length; c++)
            {
                scores[c] = RoundingBound.Of(point, centroids.AsSpan(c * dimension, dimension), spherical);
            }

            var best = spherical ? scores.MaxBy(score => score.Value) : scores.MinBy(score => score.Value);
            nativeMisassigned += IsMisassigned("native", report.NativeLabels[rows[i]]) ? 1 : 0;
            managedMisassigned += IsMisassigned("managed", report.ManagedLabels[rows[i]]) ? 1 : 0;

            bool IsMisassigned(string backend, long label)
            {
                if (label < 0 || label >= scores.Length || !RoundingBound.IsTie(scores[label], best))
                {
                    faults.Add(string.Create(CultureInfo.InvariantCulture, $"point {rowOf(rows[i])}: {backend} returns cluster {label}, the nearest is {Array.IndexOf(scores, best)}"));
                    return true;
                }

                return scores[label].Value != best.Value;
            }
        }

        return new PrecisionSample { Count = rows.Length, NativeMisassigned = nativeMisassigned, ManagedMisassigned = managedMisassigned, Faults = faults };
    }
}
