namespace FaissSdk.VectorData.Indexes;

/// <summary>Represents the description of an index in its file of ids.</summary>
internal sealed record IndexHeader(string Factory, long LastId, ulong Checksum, long Length, long[] Ids);
