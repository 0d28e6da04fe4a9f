using Microsoft.Extensions.Logging;

namespace FaissSdk.VectorData.Indexes;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Sealing {Count} vectors of '{Property}' in '{Collection}' into {Factory}.")]
    public static partial void SealingStarted(this ILogger logger, long count, string property, string collection, string factory);

    [LoggerMessage(2, LogLevel.Debug, "Sealing '{Property}' in '{Collection}': {Added} of {Count} vectors after {Seconds:0.0} s.")]
    public static partial void SealingProgress(this ILogger logger, string property, string collection, long added, long count, double seconds);

    [LoggerMessage(3, LogLevel.Information, "Sealed {Count} vectors of '{Property}' in '{Collection}' into {Factory} in {Seconds:0.0} s.")]
    public static partial void SealingFinished(this ILogger logger, long count, string property, string collection, string factory, double seconds);

    [LoggerMessage(4, LogLevel.Error, "Sealing '{Property}' in '{Collection}' failed. Searches compare the unsealed vectors one by one; the next attempt follows when more are written.")]
    public static partial void SealingFailed(this ILogger logger, Exception exception, string property, string collection);

    [LoggerMessage(5, LogLevel.Warning, "The index file '{File}' of '{Property}' in '{Collection}' is not used and is rebuilt from the database: {Reason}.")]
    public static partial void IndexRejected(this ILogger logger, string file, string property, string collection, string reason);

    [LoggerMessage(6, LogLevel.Information, "The index {Factory} of '{Property}' in '{Collection}' with {Count} vectors was {How} in {Milliseconds:0} ms.")]
    public static partial void IndexLoaded(this ILogger logger, string factory, string property, string collection, long count, string how, double milliseconds);

    [LoggerMessage(7, LogLevel.Warning, "The index of '{Property}' in '{Collection}' cannot be written to '{Folder}' and is kept in memory; it is rebuilt when the store is opened again.")]
    public static partial void IndexNotWritten(this ILogger logger, Exception exception, string property, string collection, string folder);

    [LoggerMessage(8, LogLevel.Information, "Adding {Count} vectors of '{Property}' in '{Collection}' to a copy of the index {Factory}.")]
    public static partial void GrowingStarted(this ILogger logger, long count, string property, string collection, string factory);

    [LoggerMessage(9, LogLevel.Warning, "The write-ahead log of '{Database}' was not copied into it. All records are stored; the next write tries again.")]
    public static partial void CheckpointFailed(this ILogger logger, Exception exception, string database);

    [LoggerMessage(10, LogLevel.Error, "Following the changes of '{Collection}' for a sealing failed. Searches compare the unsealed vectors one by one; the next attempt follows when more are written.")]
    public static partial void BackgroundFailed(this ILogger logger, Exception exception, string collection);
}
