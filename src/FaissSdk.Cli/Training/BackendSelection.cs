namespace FaissSdk.Cli;

/// <summary>The backends to train with, and why when it was not the user who chose.</summary>
internal sealed record BackendSelection(IReadOnlyList<KMeansBackend> Backends, string? Reason)
{
    /// <param name="choice">What the user asked for.</param>
    /// <param name="bothWherePossible">Whether both becomes managed alone, not an error, without a library.</param>
    /// <exception cref="FaissLibraryException">The native backend was asked for and there is none.</exception>
    public static BackendSelection Of(BackendChoice choice, bool bothWherePossible = false)
    {
        if (choice == BackendChoice.Managed)
        {
            return new BackendSelection([KMeansBackend.Managed], null);
        }

        if (FaissLibrary.IsAvailable)
        {
            return choice == BackendChoice.Both
                ? new BackendSelection([KMeansBackend.Native, KMeansBackend.Managed], null)
                : new BackendSelection([KMeansBackend.Native], null);
        }

        if (choice == BackendChoice.Auto || (choice == BackendChoice.Both && bothWherePossible))
        {
            return new BackendSelection([KMeansBackend.Managed], WhyNoLibrary());
        }

        throw new FaissLibraryException(FaissLibrary.Failure!);
    }

    private static string WhyNoLibrary()
    {
        var probes = FaissLibrary.Probes;
        var what = probes.Count == 1
            ? $"{probes[0].Source} names {probes[0].Path}: {probes[0].Outcome}"
            : $"no native FAISS library at any of {probes.Count} places";
        return what + "; faiss-sdk doctor says more";
    }
}
