using System.Globalization;

namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents an index of FAISS.</summary>
internal sealed class NativeIndex : SealedIndex
{
    // Enough for a recall of 0.95 in the measurements of the package.
    private const int DefaultEfSearch = 128;

    // If a filter is independent of the vectors, the k nearest that it admits are among the k / share nearest of all. Of 100,000 and 200,000
    // vectors in 384 dimensions, searches of 256 and 512 candidates found as many of the ten nearest by filters that admit 5, 10, 20 and
    // 50 % as without a filter.
    private const double CandidatesPerRank = 4;

    private const int DefaultListShare = 8;

    // The cost of a candidate of a graph, in comparisons with vectors that are scattered in memory, and with packed ones.
    private const int ComparisonsPerCandidate = 5;
    private const int PackedPerCandidate = 30;

    // If a filter admits less than this share of the vectors, comparing all of them takes less time than a filtered search of lists.
    private const int ExactShare = 20;
    private const int MinLists = 16;

    private readonly FaissIndex _index;
    private readonly IndexSettings _settings;
    private readonly bool _isGraph;
    private readonly bool _refines;
    private readonly int _lists;
    private readonly FaissIndex? _vectors;
    private readonly GraphSearch? _graphSearch;
    private volatile bool _refusesFilters;

    public NativeIndex(FaissIndex index, IndexSettings settings, string factory, long[] ids, long lastId)
        : base(factory, ids, lastId)
    {
        _index = index;
        _settings = settings;
        var parts = factory.Split(',');
        _lists = CountLists(factory);
        _isGraph = _lists == 0 && parts.Any(part => part.StartsWith("HNSW", StringComparison.Ordinal));
        IsPlainGraph = index is IndexHNSWFlat;
        _vectors = IsPlainGraph && index is IndexHNSW graph && FaissLibrary.Supports("faiss_sdk_search") ? graph.Storage : null;
        _graphSearch = IsPlainGraph ? GraphSearch.TryCreate(index) : null;
        IsExact = factory == "Flat" || IsPlainGraph || parts[^1] == "RFlat" || (parts.Length == 2 && parts[1] == "Flat" && _lists > 0);
        _refines = parts.Length > 1 && (parts[^1] == "RFlat" || parts[^1].StartsWith("Refine(", StringComparison.Ordinal));
    }

    /// <summary>Gets the number of inverted lists of a factory string, 0 where it has none.</summary>
    public static int CountLists(string factory) => factory.Split(',').FirstOrDefault(part => part.StartsWith("IVF", StringComparison.Ordinal)) is { } lists
        ? int.Parse(lists[3..].TakeWhile(char.IsAsciiDigit).ToArray(), CultureInfo.InvariantCulture)
        : 0;

    /// <summary>Gets a value indicating whether the index is a graph of vectors that are stored unchanged.</summary>
    public bool IsPlainGraph { get; }

    public override bool IsExact { get; }

    /// <summary>Gets a value indicating whether the index is mapped from its file, of which only a checksum shows that it is whole.</summary>
    public bool IsMapped { get; init; }

    /// <summary>Copies the index, with memory for a number of vectors, or returns null if the index is mapped from its file or the library is not from a FaissSdk package.</summary>
    public FaissIndex? TryCopy(long capacity)
    {
        if (IsMapped)
        {
            return null;
        }

        try
        {
            return _index.Clone(capacity);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    public override bool IsFlat => Factory is "Flat" or "SQ8";

    public override void Search(ReadOnlySpan<float> query, int k, int needed, PositionFilter? filter, bool thorough, Span<float> values, Span<long> positions)
    {
        if (_graphSearch is not null)
        {
            if (!_graphSearch.TrySearch(query, k, AdmittedWidthFor(needed, filter?.Count ?? Count, thorough), filter, values, positions))
            {
                TrySearchExactly(query, k, filter, values, positions);
            }

            return;
        }

        if (filter is not null && _refusesFilters)
        {
            SearchAndFilter(query, k, needed, filter, thorough, values, positions);
            return;
        }

        try
        {
            SearchWith(filter?.Selector, filter?.Count ?? Count, query, k, needed, thorough, values, positions);
        }
        catch (NotSupportedException) when (filter is not null)
        {
            _refusesFilters = true;
            SearchAndFilter(query, k, needed, filter, thorough, values, positions);
        }
    }

    public override bool IsFasterExactly(int k, int admitted) =>
        _isGraph ? admitted <= (long)ComparisonsPerCandidate * WidthFor(k, admitted, thorough: false) : admitted <= Count / ExactShare;

    public override bool IsFasterPacked(int k, int admitted) =>
        !_isGraph || admitted <= (long)PackedPerCandidate * WidthFor(k, admitted, thorough: false);

    public override bool TrySearchExactly(ReadOnlySpan<float> query, int k, PositionFilter? filter, Span<float> values, Span<long> positions)
    {
        if (_vectors is null)
        {
            return false;
        }

        if (filter is null)
        {
            _vectors.Search(query, k, values, positions);
            return true;
        }

        try
        {
            using var parameters = new SearchParameters(filter.Selector);
            _vectors.Search(query, k, parameters, values, positions);
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    public override void Save(string path) => _index.Save(path);

    protected override void Free()
    {
        _graphSearch?.Dispose();
        _index.Dispose();
    }

    private void SearchWith(IDSelector? selector, int admitted, ReadOnlySpan<float> query, int k, int needed, bool thorough, Span<float> values, Span<long> positions)
    {
        if (selector is null && !_isGraph && _lists == 0)
        {
            _index.Search(query, k, values, positions);
            return;
        }

        // Each query has parameters of its own: other threads search at the same time. Those of a base get the selector from outside.
        var inner = _refines ? null : selector;
        using var parameters =
            _isGraph ? new SearchParametersHNSW(inner, WidthFor(needed, admitted, thorough))
            : _lists > 0 ? new SearchParametersIVF(inner, ListsFor(needed, admitted, thorough))
            : new SearchParameters(inner);
        if (_refines)
        {
            using var refined = new SearchParametersRefine(selector) { Base = parameters };
            _index.Search(query, k, refined, values, positions);
            return;
        }

        _index.Search(query, k, parameters, values, positions);
    }

    // Kinds that take no filters find more vectors, of which those that the filter admits are kept.
    private void SearchAndFilter(ReadOnlySpan<float> query, int k, int needed, PositionFilter filter, bool thorough, Span<float> values, Span<long> positions)
    {
        positions.Fill(-1);
        var wanted = (int)Math.Min(Count, (2L * k * Count / Math.Max(filter.Count, 1)) + 16);
        while (true)
        {
            var allValues = new float[wanted];
            var allPositions = new long[wanted];
            SearchWith(null, Count, query, wanted, wanted, thorough, allValues, allPositions);
            var found = 0;
            for (var i = 0; i < wanted && found < k; i++)
            {
                if (allPositions[i] >= 0 && filter.Bits[allPositions[i]])
                {
                    values[found] = allValues[i];
                    positions[found++] = allPositions[i];
                }
            }

            if (found >= needed || wanted == Count || allPositions[^1] < 0)
            {
                return;
            }

            positions.Fill(-1);
            wanted = (int)Math.Min(Count, wanted * 4L);
        }
    }

    // A graph keeps this many candidates; it returns fewer than k vectors if there are fewer candidates, or the filter drops them.
    private int WidthFor(int k, int admitted, bool thorough)
    {
        var usual = _settings.EfSearch ?? DefaultEfSearch;
        var share = Math.Max(admitted, 1) / (double)Count;
        var width = Math.Max(usual, CandidatesPerRank * k / share);
        return (int)Math.Clamp(thorough ? width * 8 : width, 1, Math.Min(Math.Max(Count, 16), 1 << 24));
    }

    // The same for a search that counts the candidates that the filter admits.
    private int AdmittedWidthFor(int k, int admitted, bool thorough) =>
        (int)Math.Ceiling(WidthFor(k, admitted, thorough) * (Math.Max(admitted, 1) / (double)Count));

    // Enough lists to contain several times the number of requested vectors.
    private int ListsFor(int k, int admitted, bool thorough)
    {
        if (thorough)
        {
            return _lists;
        }

        var lists = Math.Max(_settings.NProbe ?? Math.Max(MinLists, _lists / DefaultListShare), 4.0 * k * _lists / Math.Max(admitted, 1));
        return (int)Math.Clamp(Math.Ceiling(lists), 1, _lists);
    }
}
