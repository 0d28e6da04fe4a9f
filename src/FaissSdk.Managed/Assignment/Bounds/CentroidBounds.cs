using System.Diagnostics;

namespace FaissSdk;

/// <summary>
/// Keeps, for each point and group of centroids, a lower bound of the distance to all centroids of the group but the point's own. The
/// movement of the centroids carries the bounds from one iteration to the next (Y. Ding et al., "Yinyang K-Means", ICML 2015).
/// Groups are panels of the micro-kernel, so that groups that are not excluded are scored at full speed.
/// </summary>
/// <remarks>Some sampled blocks of points always have bounds. The times of these and of control blocks decide whether all blocks get bounds; see <see cref="SearchAutotuner"/> for when they are compared.</remarks>
internal sealed unsafe class CentroidBounds
{
    /// <summary>The number of points of a block, which have bounds together or not at all.</summary>
    public const int BlockRows = 256;

    /// <summary>The number of groups that are compared at a time.</summary>
    public const int GroupsAtOnce = 4;

    private const int ComponentsPerBound = 4;
    private const int MinBlocks = 32;
    private const int SampledBlocks = 8;

    // Initializing the bounds of a block costs about 60 % of one full search.
    private const double InitializationCost = 0.6;

    private readonly int _count;
    private readonly int _dimension;
    private readonly int _clusters;
    private readonly bool _spherical;
    private readonly bool _always;
    private readonly int _sampleInterval;
    private readonly float[]?[] _bounds;
    private readonly long[] _sampledTimes;
    private readonly long[] _controlTimes;
    private readonly double[] _movement;
    private readonly AlignedBuffer<float> _roundedMovement;
    private readonly int[] _groupOf;
    private readonly float[] _previousCentroids;
    private double _controlTime;
    private bool _everywhere;

    /// <param name="count">The number of points, n.</param>
    /// <param name="centroids">The centroids of the first search (k × d).</param>
    /// <param name="panels">The panels that searches score, at least <see cref="GroupsAtOnce"/>.</param>
    /// <param name="spherical">Whether scores are x·c.</param>
    /// <param name="always">Whether all blocks have bounds, regardless of the time.</param>
    public CentroidBounds(int count, ReadOnlySpan<float> centroids, CentroidPanels panels, bool spherical, bool always)
    {
        _count = count;
        _always = always;
        _everywhere = always;
        _dimension = panels.Dimension;
        _clusters = centroids.Length / _dimension;
        _spherical = spherical;
        _previousCentroids = centroids.ToArray();
        Panels = panels;

        Groups = GroupsOf(panels);
        var blocks = Blocking.BlocksOf(count, BlockRows);
        _bounds = new float[blocks][];
        _sampleInterval = Math.Max(MinBlocks, blocks / SampledBlocks);
        _sampledTimes = new long[(blocks / _sampleInterval) + 1];
        _controlTimes = new long[_sampledTimes.Length];
        _movement = new double[Groups];
        _roundedMovement = new AlignedBuffer<float>(Groups);
        _groupOf = new int[_clusters];
        for (var group = 0; group < Groups; group++)
        {
            _groupOf.AsSpan()[Math.Min(_clusters, FirstPanel(group) * panels.Width)..Math.Min(_clusters, FirstPanel(group + 1) * panels.Width)].Fill(group);
        }
    }

    public int Groups { get; }

    public CentroidPanels Panels { get; }

    /// <summary>Gets the group of each centroid (k).</summary>
    public int[] GroupOf => _groupOf;

    public BoundArithmetic Arithmetic { get; private set; }

    /// <summary>Determines whether bounds, which take up to a quarter of the points' memory, can pay off at all.</summary>
    public static bool AreWorthwhile(int count, int clusters, int dimension, int panelWidth) =>
        count >= MinBlocks * BlockRows && clusters > (GroupsAtOnce - 1) * panelWidth && dimension >= GroupsAtOnce * ComponentsPerBound;

    /// <summary>Returns the number of groups, and so of bounds for each point.</summary>
    public static int GroupsOf(CentroidPanels panels)
    {
        // Bounds and projected points share a quarter of the points' memory.
        var maxGroups = (panels.Dimension / ComponentsPerBound) - (panels.Projected?.Points.Words ?? 0);
        return Math.Max(GroupsAtOnce, Math.Min(panels.Count, maxGroups) / GroupsAtOnce * GroupsAtOnce);
    }

    public int FirstPanel(int group) => (int)((long)group * Panels.Count / Groups);

    /// <summary>Begins a search among new centroids (k × d), which are already in the panels.</summary>
    public void Begin(ReadOnlySpan<float> centroids)
    {
        Span<double> maxMovement = new double[Groups];
        var (maxNorm, minNorm) = (0.0, double.PositiveInfinity);
        for (var cluster = 0; cluster < _clusters; cluster++)
        {
            var (moved, norm) = (0.0, 0.0);
            for (var j = cluster * _dimension; j < (cluster + 1) * _dimension; j++)
            {
                var difference = (double)centroids[j] - _previousCentroids[j];
                moved += difference * difference;
                norm += (double)centroids[j] * centroids[j];
            }

            (maxNorm, minNorm) = (Math.Max(maxNorm, norm), Math.Min(minNorm, norm));
            maxMovement[_groupOf[cluster]] = Math.Max(maxMovement[_groupOf[cluster]], Math.Sqrt(moved));
        }

        for (var group = 0; group < Groups; group++)
        {
            _movement[group] += maxMovement[group];
            _roundedMovement.Pointer[group] = (float)_movement[group];
        }

        centroids.CopyTo(_previousCentroids);
        Arithmetic = new BoundArithmetic(_dimension, maxNorm, minNorm, _spherical, _roundedMovement.Pointer);
        Array.Clear(_sampledTimes);
        Array.Clear(_controlTimes);
    }

    /// <summary>Determines whether a block of points is searched with bounds.</summary>
    public bool Covers(int block) => _everywhere || block % _sampleInterval == 0;

    /// <summary>Returns the bounds of a block (points of the block × groups); new bounds are 0 and exclude no group.</summary>
    public float[] BoundsOf(int block) => _bounds[block] ??= new float[Math.Min(BlockRows, _count - (block * BlockRows)) * Groups];

    /// <summary>Returns the time before a block is searched, or 0 if the block is not timed.</summary>
    /// <remarks>A sampled block is timed from its second search on, as the first one initializes its bounds.</remarks>
    public long StartClock(int block) =>
        block % _sampleInterval == _sampleInterval - 1 || (block % _sampleInterval == 0 && _bounds[block] is not null) ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Records the time that a block took.</summary>
    public void StopClock(int block, long start)
    {
        if (start != 0)
        {
            (block % _sampleInterval == 0 ? _sampledTimes : _controlTimes)[block / _sampleInterval] = Stopwatch.GetTimestamp() - start;
        }
    }

    /// <summary>Ends a search, and decides whether all blocks have bounds in the next one.</summary>
    /// <param name="iterationsLeft">The maximum number of searches that follow.</param>
    public void End(int iterationsLeft)
    {
        if (_always)
        {
            return;
        }

        var sampledTime = Median(_sampledTimes);
        if (!_everywhere)
        {
            _controlTime = Median(_controlTimes);
        }

        if (sampledTime == 0 || _controlTime == 0)
        {
            return;
        }

        var gain = 1 - (sampledTime / _controlTime);
        var everywhere = _everywhere ? gain > 0 : gain * iterationsLeft > InitializationCost;
        if (_everywhere && !everywhere)
        {
            // Drop the bounds: from now on labels change without updating them.
            for (var block = 0; block < _bounds.Length; block++)
            {
                _bounds[block] = block % _sampleInterval == 0 ? _bounds[block] : null;
            }
        }

        _everywhere = everywhere;
    }

    private static double Median(long[] times)
    {
        var measured = Array.FindAll(times, time => time != 0);
        Array.Sort(measured);
        return measured.Length == 0 ? 0 : measured[measured.Length / 2];
    }
}
