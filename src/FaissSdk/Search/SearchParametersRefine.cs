using FaissSdk.Interop;
using FaissSdk.Native;

namespace FaissSdk;

/// <summary>Represents search parameters of indexes that refine, and of their base (FAISS: <c>IndexRefineSearchParameters</c>).</summary>
public sealed unsafe class SearchParametersRefine : SearchParameters
{
    private float? _kFactor;
    private readonly SearchParameters? _base;

    /// <summary>Initializes parameters for a search of an index that refines.</summary>
    /// <param name="selector">The ids to search among, or <see langword="null"/> for all; the parameters keep it alive.</param>
    /// <param name="kFactor">The number of candidates per neighbor, at least 1, or <see langword="null"/> for that of the index.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="kFactor"/> is less than 1, or not finite.</exception>
    /// <exception cref="NotSupportedException">The loaded FAISS is not from a FaissSdk package.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="selector"/> is disposed.</exception>
    /// <exception cref="FaissLibraryException">The native library cannot be loaded.</exception>
    public SearchParametersRefine(IDSelector? selector = null, float? kFactor = null)
        : base(Checked(selector, kFactor), OwnSearch) => _kFactor = kFactor;

    /// <summary>Gets or sets the number of candidates per neighbor that the base finds, or <see langword="null"/> for that of the index that is searched (FAISS: <c>k_factor</c>).</summary>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1, or not finite.</exception>
    public float? KFactor
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return _kFactor;
        }

        set
        {
            CheckFactor(value, nameof(value));
            using var parameters = Handle.Acquire(this);
            _kFactor = value;
        }
    }

    /// <summary>Gets the parameters by which the base is searched, or <see langword="null"/> for its own settings (FAISS: <c>base_index_params</c>).</summary>
    /// <exception cref="ArgumentException">The parameters have a selector, or nest too deeply.</exception>
    /// <exception cref="ObjectDisposedException">The parameters are disposed.</exception>
    public SearchParameters? Base
    {
        get
        {
            using var parameters = Handle.Acquire(this);
            return _base;
        }

        init => _base = CheckInner(value, nameof(value));
    }

    internal override SearchParameters? Inner => _base;

    internal override FaissSdkSearchOptions Describe(FaissIDSelector* selector) => new()
    {
        selector = selector,
        kind = (int)SearchKind.Refined,
        k_factor = _kFactor ?? 0,
    };

    private static IDSelector? Checked(IDSelector? selector, float? kFactor)
    {
        CheckFactor(kFactor, nameof(kFactor));
        return selector;
    }

    private static void CheckFactor(float? value, string parameter)
    {
        if (value is { } factor && !(factor >= 1 && float.IsFinite(factor)))
        {
            throw new ArgumentOutOfRangeException(parameter, value, $"{parameter} must be a finite number of at least 1.");
        }
    }
}
