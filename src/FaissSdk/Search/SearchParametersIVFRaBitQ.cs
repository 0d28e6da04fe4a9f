using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents search parameters of inverted lists of RaBitQ codes (FAISS: <c>IVFRaBitQSearchParameters</c>).</summary>
public sealed unsafe class SearchParametersIVFRaBitQ : SearchParametersIVF
{
    private int? _queryBits;
    private bool? _centered;

    /// <summary>Initializes parameters for a search of inverted lists of RaBitQ codes.</summary>
    /// <param name="selector">The ids to search among, or <see langword="null"/> for all; the parameters keep it alive.</param>
    /// <param name="nProbe">The number of lists to visit, at least 1, or <see langword="null"/> for that of the index; a larger number than there are lists means all lists.</param>
    /// <param name="maxCodes">The number of codes to compare before a search stops; 0 for no limit.</param>
    /// <param name="queryBits">The number of bits of a component of the query, from 1 to 8, 0 for floats, or <see langword="null"/> for that of the index.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="queryBits"/> is not from 0 to 8, <paramref name="nProbe"/> is less than 1, or <paramref name="maxCodes"/> is negative.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is not from a FaissSdk package.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="selector"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public SearchParametersIVFRaBitQ(IDSelector? selector = null, int? nProbe = null, long maxCodes = 0, int? queryBits = null)
        : base(selector, nProbe, maxCodes, OwnSearch) => _queryBits = CheckBits(queryBits, nameof(queryBits));

    /// <summary>Gets or sets the number of bits of a component of the query, from 1 to 8, 0 for floats, or <see langword="null"/> for that of the index (FAISS: <c>qb</c>).</summary>
    /// <remarks>Fast-scan lists (<c>RaBitQfs</c>) do not accept 0.</remarks>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 8.</exception>
    public int? QueryBits
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return _queryBits;
        }

        set
        {
            CheckBits(value, nameof(value));
            using var parameters = Handle.Acquire(this);
            _queryBits = value;
        }
    }

    /// <summary>Gets or sets a value indicating whether the components of the query are quantized symmetrically around 0, or <see langword="null"/> for the setting of the index (FAISS: <c>centered</c>).</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    public bool? Centered
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return _centered;
        }

        set
        {
            using var parameters = Handle.Acquire(this);
            _centered = value;
        }
    }

    internal override FaissSdkSearchOptions Describe(FaissIDSelector* selector)
    {
        var options = base.Describe(selector);
        options.kind = (int)SearchKind.RaBitQLists;
        options.query_bits = _queryBits ?? -1;
        options.centered = _centered is { } centered ? (centered ? 1 : 0) : -1;
        return options;
    }

    private static int? CheckBits(int? value, string parameter)
    {
        if (value is { } bits)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(bits, parameter);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8, parameter);
        }

        return value;
    }
}
