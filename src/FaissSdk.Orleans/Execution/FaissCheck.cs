namespace FaissSdk.Orleans;

/// <summary>Checks the native library of a silo.</summary>
internal static class FaissCheck
{
    /// <summary>Throws unless this process has a version of FAISS.</summary>
    public static void RequireVersion(string version, string silo)
    {
        var library = FaissLibrary.Info;
        if (!library.IsLoaded)
        {
            throw new ShardVersionException($"The silo {silo} has no native library: {FaissLibrary.Failure} Add the package FaissSdk.Native to its project.");
        }

        if (library.Version != version)
        {
            throw new ShardVersionException($"The silo {silo} has FAISS {library.Version}, but the collection was made with {version}. Install that version on the silo, or build the collection again.");
        }
    }
}
