namespace FaissSdk.VectorData.Tests;

/// <summary>What a process does when it is ended.</summary>
internal enum CrashMode
{
    Upsert,
    Seal,
    Checkpoint,
    Backup,
}
