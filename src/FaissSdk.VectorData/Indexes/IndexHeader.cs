namespace FaissSdk.VectorData.Indexes;

/// <summary>What a file of ids says of its index.</summary>
internal sealed record IndexHeader(string Factory, long LastId, ulong Checksum, long Length, long[] Ids);
