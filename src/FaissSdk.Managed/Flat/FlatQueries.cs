using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Holds what all threads of a search know about a block of queries.</summary>
internal sealed unsafe class FlatQueries
{
    // Tiles of twelve queries read beyond the last one.
    private const int Padding = 2 * ITile.Rows;

    private readonly int _dimension;
    private readonly bool _isProduct;
    private readonly double _gamma;
    private readonly double _underflow;
    private readonly nint[] _addresses;
    private readonly double[] _squaredNorms;
    private readonly double[] _norms;
    private readonly float[] _limits;
    private AlignedBuffer<float>? _sketches;

    public FlatQueries(int capacity, int dimension, bool isProduct)
    {
        (_dimension, _isProduct) = (dimension, isProduct);
        (_gamma, _underflow) = (ScoreError.Gamma(dimension), ScoreError.Underflow(dimension));
        _addresses = GC.AllocateArray<nint>(capacity + Padding, pinned: true);
        (_squaredNorms, _norms, _limits) = (new double[capacity], new double[capacity], new float[capacity]);
    }

    public int Capacity => _limits.Length;

    public int Count { get; private set; }

    /// <summary>Gets the addresses of the queries, followed by repetitions of the last one.</summary>
    public float** Addresses => (float**)Unsafe.AsPointer(ref _addresses[0]);

    /// <summary>Gets the directions on which the queries are projected, or null.</summary>
    public SearchSketches? Sketches { get; private set; }

    /// <summary>Gets an upper bound of |x|.</summary>
    public double NormOf(int query) => _norms[query];

    /// <summary>Returns the sketch of a query: the coordinates, followed by the length of the residual.</summary>
    public float* SketchOf(int query) => _sketches!.Pointer + ((long)query * Sketches!.Directions.Stride);

    /// <summary>Projects the queries.</summary>
    /// <param name="sketches">The directions, or null.</param>
    /// <param name="threads">The number of threads.</param>
    public void Project(SearchSketches? sketches, int threads)
    {
        Sketches = sketches;
        if (sketches is null)
        {
            return;
        }

        var length = (long)(Capacity + Projection.Rows) * sketches.Directions.Stride;
        if (_sketches is null || _sketches.Length < length)
        {
            _sketches = new AlignedBuffer<float>(length);
        }

        var tiles = Blocking.BlocksOf(Count, Projection.Rows);
        if (threads == 1)
        {
            for (var tile = 0; tile < tiles; tile++)
            {
                ProjectTile(tile);
            }

            return;
        }

        ParallelBlocks.For(tiles, threads, ProjectTile, CancellationToken.None);
    }

    private void ProjectTile(int tile)
    {
        var norms = stackalloc double[Projection.Rows];
        var lengths = stackalloc double[Projection.Rows];
        var first = tile * Projection.Rows;
        for (var i = 0; i < Projection.Rows; i++)
        {
            norms[i] = _squaredNorms[Math.Min(first + i, Count - 1)];
        }

        Sketches!.Directions.Project(Addresses + first, norms, SketchOf(first), lengths);
    }

    /// <summary>Sets the queries.</summary>
    /// <param name="queries">The queries (count × d).</param>
    /// <param name="count">The number of queries.</param>
    /// <param name="limit">The distance beyond which vectors are not wanted.</param>
    public void Set(float* queries, int count, float limit)
    {
        Count = count;
        for (var i = 0; i < count + Padding; i++)
        {
            _addresses[i] = (nint)(queries + ((long)Math.Min(i, count - 1) * _dimension));
        }

        for (var i = 0; i < count; i++)
        {
            _squaredNorms[i] = VectorNorms.Precise(new ReadOnlySpan<float>(queries + ((long)i * _dimension), _dimension));
            _norms[i] = Math.Sqrt(_squaredNorms[i]) * (1 + 1e-9);
            _limits[i] = limit;
        }
    }

    /// <summary>Gets the distance up to which a vector may be among the results, as far as any thread knows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float LimitOf(int query) => Volatile.Read(ref _limits[query]);

    /// <summary>Lowers the limit of a query. If two threads do so at the same time the higher one may stay, which is a limit too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Lower(int query, float limit)
    {
        if (limit < Volatile.Read(ref _limits[query]))
        {
            Volatile.Write(ref _limits[query], limit);
        }
    }

    /// <summary>Returns the exact score below which no vector is within the limit.</summary>
    /// <param name="query">The number of the query.</param>
    /// <param name="limit">The limit of the distance as computed by <see cref="ExactDistance"/>.</param>
    /// <param name="maxNorm">An upper bound of the |c|.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double ExactThresholdOf(int query, float limit, double maxNorm) =>
        !(limit < float.MaxValue) ? double.NegativeInfinity
        : _isProduct ? -(double)limit - (_gamma * _norms[query] * maxNorm) - _underflow
        : ((_squaredNorms[query] * (1 - 1e-12)) - ((limit + _underflow) / (1 - _gamma))) / 2;

    /// <summary>Returns the score in single precision below which no vector is within the limit.</summary>
    /// <param name="query">The number of the query.</param>
    /// <param name="limit">The limit of the distance as computed by <see cref="ExactDistance"/>.</param>
    /// <param name="maxNorm">An upper bound of the |c|.</param>
    /// <remarks>
    /// The score is off by at most e = γ(|x||c| + |c|²/2), see <see cref="ScoreError"/>, a squared distance by a factor of 1 ± γ and a product by γ|x||c|:
    /// both add up fewer terms in a row. So a vector with a score below (|x|² − limit/(1 − γ))/2 − e, or below −limit − 2e, is beyond the limit.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float ThresholdOf(int query, float limit, double maxNorm)
    {
        var error = (_gamma * _norms[query] * maxNorm) + _underflow + (_isProduct ? 0 : _gamma * maxNorm * maxNorm / 2);
        var threshold = ExactThresholdOf(query, limit, maxNorm) - error;
        return MathF.BitDecrement((float)threshold);
    }
}
