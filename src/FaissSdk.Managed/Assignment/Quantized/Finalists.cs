using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <summary>Points and the centroids that may be their nearest still, those of one point together: scores in single precision decide.</summary>
internal unsafe struct Finalists
{
    private readonly float** _points;
    private readonly int* _rows;
    private readonly int* _numbers;
    private readonly float* _scores;
    private int _count;

    /// <param name="memory">As much as <see cref="BytesFor"/> tells.</param>
    /// <param name="points">The most points.</param>
    public Finalists(byte* memory, int points)
    {
        var most = points * Candidates.Most;
        _points = (float**)memory;
        _rows = (int*)(_points + most);
        _numbers = _rows + most;
        _scores = (float*)(_numbers + most);
    }

    public static int BytesFor(int points) => points * Candidates.Most * (sizeof(float*) + (2 * sizeof(int)) + sizeof(float));

    /// <summary>Adds the candidates of one point but for a centroid whose score is known.</summary>
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

    /// <summary>Takes the best of each point, and of the one that it has, the lowest number on a tie; and begins anew.</summary>
    /// <param name="centroids">k × d.</param>
    /// <param name="starts">−|c|²/2, or 0, of each centroid (k).</param>
    /// <param name="dimension">d.</param>
    /// <param name="labels">The number that each point has, replaced by the best.</param>
    /// <param name="scores">Its score.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Decide(float* centroids, float* starts, int dimension, int* labels, float* scores)
    {
        OwnScore.Compute(_points, _numbers, centroids, starts, dimension, _scores, _count, default);
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
