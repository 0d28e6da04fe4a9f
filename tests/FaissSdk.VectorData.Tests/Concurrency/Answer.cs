namespace FaissSdk.VectorData.Tests;

/// <summary>An answer of a search, and the states between its start and its end.</summary>
/// <param name="First">The number of changes that were complete at the start.</param>
/// <param name="Last">The number of changes that had begun at the end.</param>
/// <param name="Query">The vector that was searched for.</param>
/// <param name="MaxNumber">The filter Number &lt;= MaxNumber, or null for none.</param>
/// <param name="Top">The number of results asked for.</param>
/// <param name="Results">The keys and numbers found, in order.</param>
internal sealed record Answer(int First, int Last, ReadOnlyMemory<float> Query, int? MaxNumber, int Top, (string Key, int Number)[] Results);
