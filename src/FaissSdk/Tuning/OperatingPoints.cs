using System.Collections;

namespace FaissSdk;

/// <summary>Represents the operating points of an index that were measured, in the order of their measurement.</summary>
public sealed class OperatingPoints : IReadOnlyList<OperatingPoint>
{
    private readonly OperatingPoint[] _points;

    /// <summary>Initializes a new instance of measured points, such as those of several explorations.</summary>
    /// <param name="points">The points.</param>
    public OperatingPoints(IEnumerable<OperatingPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        _points = [.. points];
        Optimal = FindOptimal(_points);
    }

    /// <summary>Gets the number of points.</summary>
    public int Count => _points.Length;

    /// <summary>Gets the points that no other exceeds in recall in the same time or less (the Pareto front), by increasing recall and time.</summary>
    public IReadOnlyList<OperatingPoint> Optimal { get; }

    /// <summary>Gets the fastest of the points with the greatest recall, or <see langword="null"/> if there are no points.</summary>
    public OperatingPoint? Best => Optimal.Count > 0 ? Optimal[^1] : null;

    /// <summary>Gets a point.</summary>
    /// <param name="index">The number of the point, from 0 to <see cref="Count"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is negative, or not less than <see cref="Count"/>.</exception>
    public OperatingPoint this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return _points[index];
        }
    }

    /// <summary>Returns the fastest point with at least the given recall.</summary>
    /// <param name="recall">The recall, from 0 to 1.</param>
    /// <returns>The point, or <see langword="null"/> if none reaches the recall.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="recall"/> is less than 0, greater than 1, or NaN.</exception>
    public OperatingPoint? BestFor(double recall)
    {
        if (!(recall >= 0 && recall <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(recall), recall, "recall must be from 0 to 1.");
        }

        return Optimal.FirstOrDefault(point => point.Recall >= recall);
    }

    /// <summary>Returns an enumerator over the points.</summary>
    public IEnumerator<OperatingPoint> GetEnumerator() => ((IEnumerable<OperatingPoint>)_points).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static List<OperatingPoint> FindOptimal(OperatingPoint[] points)
    {
        var optimal = new List<OperatingPoint>();
        foreach (var point in points.OrderBy(point => point.MicrosecondsPerQuery).ThenByDescending(point => point.Recall))
        {
            if (optimal.Count == 0 || point.Recall > optimal[^1].Recall)
            {
                optimal.Add(point);
            }
        }

        return optimal;
    }
}
