using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents search parameters of product quantizers, which FAISS searches without a selector (FAISS: <c>SearchParametersPQ</c>).</summary>
public sealed unsafe class SearchParametersPQ : SearchParameters
{
    private int? _polysemousThreshold;

    /// <summary>Initializes parameters for a search of product quantizers.</summary>
    /// <param name="polysemousThreshold">The Hamming distance from the code of the query below which a code is compared, at least 1, or <see langword="null"/> for the setting of the index.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="polysemousThreshold"/> is less than 1.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is not from a FaissSdk package.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public SearchParametersPQ(int? polysemousThreshold = null)
        : base(null, OwnSearch) => _polysemousThreshold = CheckThreshold(polysemousThreshold, nameof(polysemousThreshold));

    /// <summary>Gets or sets the Hamming distance from the code of the query below which a code is compared, or <see langword="null"/> for the setting of the index (FAISS: <c>polysemous_ht</c>).</summary>
    /// <remarks>The codes of polysemous product quantizers differ in few bits where vectors are near each other (Douze, Jégou and Perronnin, "Polysemous codes", ECCV 2016). The index needs codes of 8 bits per subvector, a multiple of 4 subvectors, and <see cref="MetricType.L2"/>.</remarks>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int? PolysemousThreshold
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return _polysemousThreshold;
        }

        set
        {
            CheckThreshold(value, nameof(value));
            using var parameters = Handle.Acquire(this);
            _polysemousThreshold = value;
        }
    }

    internal override FaissSdkSearchOptions Describe(FaissIDSelector* selector) => new()
    {
        selector = selector,
        kind = (int)SearchKind.Product,
        polysemous_threshold = _polysemousThreshold ?? 0,
    };

    private static int? CheckThreshold(int? value, string parameter)
    {
        if (value is { } bits)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bits, parameter);
        }

        return value;
    }
}
