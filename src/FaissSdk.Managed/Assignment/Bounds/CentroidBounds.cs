using System.Diagnostics;

namespace FaissSdk;

/// <summary>
/// What lets a search leave out centroids: for each point and group of centroids a lower bound of the distance to all of the
/// group but the point's own centroid, kept over iterations by what the centroids have moved (Ding et al., "Yinyang K-Means",
/// ICML 2015). Groups are panels of the micro-kernel, so that what is not left out is scored as fast as ever.
/// </summary>
/// <remarks>Some blocks of points, the scouts, always have bounds; whether it pays for the others is told by the time that scouts and others take.</remarks>
internal sealed unsafe class CentroidBounds
{
    /// <summary>The points that have bounds, or none, together.</summary>
    public const int BlockRows = 256;

    /// <summary>Groups are looked at so many at a time.</summary>
    public const int GroupsAtOnce = 4;

    private const int ComponentsOfBound = 4;
    private const int FewestBlocks = 32;
    private const int ScoutBlocks = 8;

    // Making the first bounds of a block costs about as much more.
    private const double CostOfStart = 0.6;

    private readonly int _count;
    private readonly int _dimension;
    private readonly int _clusters;
    private readonly bool _spherical;
    private readonly bool _always;
    private readonly int _scoutEvery;
    private readonly float[]?[] _bounds;
    private readonly long[] _scoutTimes;
    private readonly long[] _otherTimes;
    private readonly double[] _movement;
    private readonly AlignedBuffer<float> _movementSoFar;
    private readonly int[] _groupOf;
    private readonly float[] _before;
    private double _otherTime;
    private bool _everywhere;

    /// <param name="count">n.</param>
    /// <param name="centroids">The first to search among (k × d).</param>
    /// <param name="panels">What searches score (at least <see cref="GroupsAtOnce"/>).</param>
    /// <param name="spherical">Whether scores are x·c.</param>
    /// <param name="always">Whether every block has bounds, whatever the time it takes.</param>
    public CentroidBounds(int count, ReadOnlySpan<float> centroids, CentroidPanels panels, bool spherical, bool always)
    {
        _count = count;
        _always = always;
        _everywhere = always;
        _dimension = panels.Dimension;
        _clusters = centroids.Length / _dimension;
        _spherical = spherical;
        _before = centroids.ToArray();
        Panels = panels;
        
        // What points have in few directions takes its part of the memory.
        var most = (_dimension / ComponentsOfBound) - (panels.Projected?.Points.Words ?? 0);
        Groups = Math.Max(GroupsAtOnce, Math.Min(panels.Count, most) / GroupsAtOnce * GroupsAtOnce);
        var blocks = (count + BlockRows - 1) / BlockRows;
        _bounds = new float[blocks][];
        _scoutEvery = Math.Max(FewestBlocks, blocks / ScoutBlocks);
        _scoutTimes = new long[(blocks / _scoutEvery) + 1];
        _otherTimes = new long[_scoutTimes.Length];
        _movement = new double[Groups];
        _movementSoFar = new AlignedBuffer<float>(Groups);
        _groupOf = new int[_clusters];
        for (var group = 0; group < Groups; group++)
        {
            _groupOf.AsSpan()[Math.Min(_clusters, FirstPanel(group) * panels.Width)..Math.Min(_clusters, FirstPanel(group + 1) * panels.Width)].Fill(group);
        }
    }

    public int Groups { get; }

    public CentroidPanels Panels { get; }

    /// <summary>The group of each centroid (k).</summary>
    public int[] GroupOf => _groupOf;

    public BoundArithmetic Arithmetic { get; private set; }

    /// <summary>Whether bounds, which take a quarter of the points' memory, can be worth it at all.</summary>
    public static bool AreConceivable(int count, int clusters, int dimension, int panelWidth) =>
        count >= FewestBlocks * BlockRows && clusters > (GroupsAtOnce - 1) * panelWidth && dimension >= GroupsAtOnce * ComponentsOfBound;

    public int FirstPanel(int group) => (int)((long)group * Panels.Count / Groups);

    /// <summary>Takes the centroids (k × d) of the next search, which the panels hold already.</summary>
    public void Begin(ReadOnlySpan<float> centroids)
    {
        Span<double> furthest = new double[Groups];
        var (greatest, least) = (0.0, double.PositiveInfinity);
        for (var cluster = 0; cluster < _clusters; cluster++)
        {
            var (moved, norm) = (0.0, 0.0);
            for (var j = cluster * _dimension; j < (cluster + 1) * _dimension; j++)
            {
                var difference = (double)centroids[j] - _before[j];
                moved += difference * difference;
                norm += (double)centroids[j] * centroids[j];
            }

            (greatest, least) = (Math.Max(greatest, norm), Math.Min(least, norm));
            furthest[_groupOf[cluster]] = Math.Max(furthest[_groupOf[cluster]], Math.Sqrt(moved));
        }

        for (var group = 0; group < Groups; group++)
        {
            _movement[group] += furthest[group];
            _movementSoFar.Pointer[group] = (float)_movement[group];
        }

        centroids.CopyTo(_before);
        Arithmetic = new BoundArithmetic(_dimension, greatest, least, _spherical, _movementSoFar.Pointer);
        Array.Clear(_scoutTimes);
        Array.Clear(_otherTimes);
    }

    /// <summary>Whether a block of points is to be searched with bounds.</summary>
    public bool Cover(int block) => _everywhere || block % _scoutEvery == 0;

    /// <summary>The bounds (points of the block × groups) of a block: such that everything is scored if it had none.</summary>
    public float[] Of(int block) => _bounds[block] ??= new float[Math.Min(BlockRows, _count - (block * BlockRows)) * Groups];

    /// <summary>The time before a block is searched; 0 when it is not of interest.</summary>
    public long StartClock(int block) =>
        block % _scoutEvery == _scoutEvery - 1 || (block % _scoutEvery == 0 && _bounds[block] is not null) ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Takes the time that a block took.</summary>
    public void StopClock(int block, long start)
    {
        if (start != 0)
        {
            (block % _scoutEvery == 0 ? _scoutTimes : _otherTimes)[block / _scoutEvery] = Stopwatch.GetTimestamp() - start;
        }
    }

    /// <summary>Draws the conclusions of a search.</summary>
    /// <param name="iterationsLeft">At most so many more searches follow.</param>
    public void End(int iterationsLeft)
    {
        if (_always)
        {
            return;
        }

        var scoutTime = Median(_scoutTimes);
        if (!_everywhere)
        {
            _otherTime = Median(_otherTimes);
        }

        if (scoutTime == 0 || _otherTime == 0)
        {
            return;
        }

        var gain = 1 - (scoutTime / _otherTime);
        var everywhere = _everywhere ? gain > 0 : gain * iterationsLeft > CostOfStart;
        if (_everywhere && !everywhere)
        {
            // Labels change without them from now on.
            for (var block = 0; block < _bounds.Length; block++)
            {
                _bounds[block] = block % _scoutEvery == 0 ? _bounds[block] : null;
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
