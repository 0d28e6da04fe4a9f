using System.Diagnostics;

namespace FaissSdk.Native;

/// <summary>Cuts the vectors of a call into blocks, before each of which the call can be canceled. Their size follows the measured rate.</summary>
internal struct CallBlocks
{
    private const int MaxGrowth = 4;

    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(40);

    private readonly int _count;
    private readonly int _least;
    private readonly CancellationToken _cancellationToken;
    private int _start;
    private int _length;
    private long _began;

    /// <param name="count">The number of vectors.</param>
    /// <param name="least">The least number of vectors in a block, which is the number in the first one.</param>
    /// <param name="cancellationToken">The token that cancels the call.</param>
    public CallBlocks(int count, int least, CancellationToken cancellationToken) => (_count, _least, _cancellationToken) = (count, least, cancellationToken);

    /// <summary>Gets the number of vectors in the blocks that are done.</summary>
    public readonly int Done => _start;

    /// <summary>Begins the next block, if there are vectors left.</summary>
    /// <exception cref="OperationCanceledException">The token is canceled.</exception>
    public bool Next(out int start, out int length)
    {
        _start += _length;
        start = _start;
        _cancellationToken.ThrowIfCancellationRequested();
        var next = _length == 0 ? _least : (int)Math.Clamp(_length * (Target / Stopwatch.GetElapsedTime(_began)), _least, Math.Max(_least, (double)MaxGrowth * _length));

        // A short remainder joins the last block.
        var left = _count - _start;
        length = _length = left - (long)next < _least ? left : next;
        _began = Stopwatch.GetTimestamp();
        return length > 0;
    }
}
