namespace FaissSdk.Native;

/// <summary>Converts options to a <see cref="HandleSource"/>.</summary>
internal static class HandleSources
{
    /// <summary>Returns the source of an index that is read with these options.</summary>
    public static HandleSource Of(IndexReadOptions options) => HandleSource.Loaded
        | (options.HasFlag(IndexReadOptions.ReadOnly) ? HandleSource.ReadOnly : 0)
        | (options.HasFlag(IndexReadOptions.Mmap) ? HandleSource.Mapped : 0)
        | (options.HasFlag(IndexReadOptions.MmapVectors) ? HandleSource.MappedVectors : 0);
}
