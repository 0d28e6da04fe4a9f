using System.Runtime.CompilerServices;

namespace FaissSdk;

/// <content>Searches by selectors and parameters, and replacing vectors.</content>
public sealed partial class ConcurrentIndex
{
    /// <summary>Searches among selected ids like <see cref="FaissIndex.Search(ReadOnlySpan{float}, int, IDSelector)"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="selector">The ids to search among.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, and the call, as on the index itself.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="OperationCanceledException">The wait or the call was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    [OverloadResolutionPriority(-1)] // A literal null means no parameters.
    public SearchResult Search(ReadOnlySpan<float> queries, int k, IDSelector selector, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(selector);
        using var parameters = _calls.Index.Select(selector);
        return Search(queries, k, parameters, cancellationToken);
    }

    /// <summary>Finds all vectors within a radius like <see cref="FaissIndex.RangeSearch(ReadOnlySpan{float}, float, SearchParameters)"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="radius">The radius, in the unit of <see cref="Metric"/>.</param>
    /// <param name="parameters">The parameters of this search.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The vectors found for each query.</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius, SearchParameters parameters, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.RangeSearch(queries, radius, parameters);
    }

    /// <summary>Finds all selected vectors within a radius like <see cref="FaissIndex.RangeSearch(ReadOnlySpan{float}, float, IDSelector)"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="radius">The radius, in the unit of <see cref="Metric"/>.</param>
    /// <param name="selector">The ids to search among.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>The vectors found for each query.</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public RangeSearchResult RangeSearch(ReadOnlySpan<float> queries, float radius, IDSelector selector, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.RangeSearch(queries, radius, selector);
    }

    /// <summary>Searches for codes like <see cref="FaissIndex.SearchAndGetCodes"/>, after the changes that came before.</summary>
    /// <param name="queries">The queries, row-major (n × d).</param>
    /// <param name="k">The number of neighbors, k, at least 1.</param>
    /// <param name="codes">The codes (n × k × code size).</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <returns>Ids and distances (n × k).</returns>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public SearchResult SearchAndGetCodes(ReadOnlySpan<float> queries, int k, out byte[] codes, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Read(cancellationToken);
        return call.Index.SearchAndGetCodes(queries, k, out codes);
    }

    /// <summary>Replaces vectors like <see cref="FaissIndex.UpdateVectors"/>, while no other call runs.</summary>
    /// <param name="vectors">The new vectors, row-major (n × d).</param>
    /// <param name="ids">The ids of the vectors (n), each once.</param>
    /// <param name="cancellationToken">Cancels the wait for other calls, not the call itself.</param>
    /// <exception cref="OperationCanceledException">The wait was canceled.</exception>
    /// <exception cref="ObjectDisposedException">The index is disposed.</exception>
    public void UpdateVectors(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, CancellationToken cancellationToken = default)
    {
        using var call = _calls.Write(cancellationToken);
        call.Index.UpdateVectors(vectors, ids);
    }
}
