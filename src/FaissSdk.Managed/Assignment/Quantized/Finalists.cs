using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Collects pairs of points and their remaining candidates, and decides among them by scores in single precision.</summary>
internal unsafe struct Finalists
{
    private readonly float** _points;
    private readonly int* _rows;
    private readonly int* _numbers;
    private readonly float* _scores;
    private int _count;

    /// <param name="memory">Memory of <see cref="BytesFor"/> bytes.</param>
    /// <param name="points">The maximum number of points.</param>
    public Finalists(byte* memory, int points)
    {
        var capacity = points * Candidates.MaxCount;
        _points = (float**)memory;
        _rows = (int*)(_points + capacity);
        _numbers = _rows + capacity;
        _scores = (float*)(_numbers + capacity);
    }

    /// <summary>Returns the number of bytes that a number of points needs.</summary>
    public static int BytesFor(int points) => points * Candidates.MaxCount * (sizeof(float*) + (2 * sizeof(int)) + sizeof(float));

    /// <summary>Adds the candidates of one point, except for a centroid whose score is known.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ref Candidates candidates, int row, float* point, int known)
    {
        candidates.Compact();
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.Numbers[i] != known)
            {
                _points[_count] = point;
                _rows[_count] = row;
                _numbers[_count++] = candidates.Numbers[i];
            }
        }
    }

    /// <summary>Replaces the centroid of each point by the best of it and the candidates, the lowest number on a tie, and clears the pairs.</summary>
    /// <param name="centroids">The centroids (k × d).</param>
    /// <param name="starts">The initial values of the scores, −|c|²/2 or 0 (k).</param>
    /// <param name="dimension">The number of components, d.</param>
    /// <param name="labels">The centroid of each point, replaced by the best.</param>
    /// <param name="scores">The scores of these centroids, replaced as well.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Decide(float* centroids, float* starts, int dimension, int* labels, float* scores)
    {
        AssignedCentroidScore.Compute(_points, _numbers, centroids, starts, dimension, _scores, _count, default);
        for (var i = 0; i < _count; i++)
        {
            var row = _rows[i];
            if (_scores[i] > scores[row] || (_scores[i] == scores[row] && _numbers[i] < labels[row]))
            {
                (labels[row], scores[row]) = (_numbers[i], _scores[i]);
            }
        }

        _count = 0;
    }
}
