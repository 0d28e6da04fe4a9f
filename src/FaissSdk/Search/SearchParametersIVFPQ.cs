using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents search parameters of inverted lists of product codes (FAISS: <c>IVFPQSearchParameters</c>).</summary>
public sealed unsafe class SearchParametersIVFPQ : SearchParametersIVF
{
    private int? _polysemousThreshold;

    /// <summary>Initializes parameters for a search of inverted lists of product codes.</summary>
    /// <param name="selector">The ids to search among, or <see langword="null"/> for all; the parameters keep it alive.</param>
    /// <param name="nProbe">The number of lists to visit, at least 1, or <see langword="null"/> for that of the index; a larger number than there are lists means all lists.</param>
    /// <param name="maxCodes">The number of codes to compare before a search stops; 0 for no limit.</param>
    /// <param name="polysemousThreshold">The Hamming distance from the code of the query below which a code is compared, at least 1, or <see langword="null"/> for the setting of the index.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1, or <paramref name="maxCodes"/> is negative.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is not from a FaissSdk package.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="selector"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public SearchParametersIVFPQ(IDSelector? selector = null, int? nProbe = null, long maxCodes = 0, int? polysemousThreshold = null)
        : base(selector, nProbe, maxCodes, OwnSearch) => _polysemousThreshold = CheckThreshold(polysemousThreshold, nameof(polysemousThreshold));

    /// <summary>Gets or sets the Hamming distance from the code of the query below which a code is compared, or <see langword="null"/> for the setting of the index (FAISS: <c>polysemous_ht</c>).</summary>
    /// <remarks>The codes of polysemous product quantizers differ in few bits where vectors are near each other (Douze, Jégou and Perronnin, "Polysemous codes", ECCV 2016). The index needs codes of 8 bits per subvector.</remarks>
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

    internal override FaissSdkSearchOptions Describe(FaissIDSelector* selector)
    {
        var options = base.Describe(selector);
        options.kind = (int)SearchKind.ProductLists;
        options.polysemous_threshold = _polysemousThreshold ?? 0;
        return options;
    }

    private static int? CheckThreshold(int? value, string parameter)
    {
        if (value is { } bits)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bits, parameter);
        }

        return value;
    }
}
