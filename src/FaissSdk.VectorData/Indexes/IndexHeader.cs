namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents the description of an index in its file of ids.</summary>
/// <remarks>The index may lack ids that were deleted up to <paramref name="Version"/>, so it does not serve an earlier version of the collection.</remarks>
internal sealed record IndexHeader(string Factory, long Version, long LastId, ulong Checksum, long Length, long[] Ids);
