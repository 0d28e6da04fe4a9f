namespace FaissSdk.Orleans;

/// <summary>Represents the native library of a silo.</summary>
/// <param name="Version">The version of FAISS, or <see cref="FaissLibraryInfo.NoVersion"/> without a library.</param>
/// <param name="Failure">Why there is no library, or null.</param>
internal sealed record SiloLibrary(string Version, string? Failure)
{
    public static SiloLibrary Loaded => FaissLibrary.Info.IsLoaded ? new(FaissLibrary.Info.Version, null) : new(FaissLibraryInfo.NoVersion, $"{FaissLibrary.Failure}");

    /// <summary>Throws unless the silo has a version of FAISS.</summary>
    /// <exception cref="ShardVersionException">It has another version, or no library.</exception>
    public void Require(string version, string silo)
    {
        if (Failure is not null)
        {
            throw new ShardVersionException($"The silo {silo} has no native library: {Failure} Add the package FaissSdk.Native to its project.");
        }

        if (Version != version)
        {
            throw new ShardVersionException($"No silo that can be reached has FAISS {version}; {silo} has {Version}. Install FAISS {version} on the silos, or build the collection again with theirs.");
        }
    }
}
