namespace FaissSdk.VectorData.Tests;

/// <summary>What a process is doing when it is killed.</summary>
internal enum CrashMode
{
    Upsert,
    Seal,
    Checkpoint,
    Backup,
}
