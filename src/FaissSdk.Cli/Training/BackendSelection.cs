namespace FaissSdk.Cli;

/// <summary>Represents the backends to train with, and the reason if the user did not choose them.</summary>
internal sealed record BackendSelection(IReadOnlyList<KMeansBackend> Backends, string? Reason)
{
    /// <summary>Selects the backends for a choice of the user.</summary>
    /// <param name="choice">The choice of the user.</param>
    /// <param name="allowManagedOnly">Whether <see cref="BackendChoice.Both"/> means managed alone, instead of an error, if there is no library.</param>
    /// <exception cref="FaissLibraryException">The choice needs the native backend and there is no library.</exception>
    /// <exception cref="NotSupportedException">The choice is SuperKMeans, and the loaded FAISS does not have it.</exception>
    public static BackendSelection Of(BackendChoice choice, bool allowManagedOnly = false)
    {
        if (choice == BackendChoice.Managed)
        {
            return new BackendSelection([KMeansBackend.Managed], null);
        }

        if (FaissLibrary.IsAvailable)
        {
            return choice switch
            {
                BackendChoice.Both => new BackendSelection([KMeansBackend.Native, KMeansBackend.Managed], null),
                BackendChoice.SuperKMeans => OfSuperKMeans(),
                _ => new BackendSelection([KMeansBackend.Native], null),
            };
        }

        if (choice == BackendChoice.Auto || (choice == BackendChoice.Both && allowManagedOnly))
        {
            return new BackendSelection([KMeansBackend.Managed], DescribeMissingLibrary());
        }

        throw new FaissLibraryException($"--backend {choice.ToString().ToLowerInvariant()} needs the native library; --backend managed works without it. {FaissLibrary.Failure}");
    }

    // Before the vectors are read, which may take long.
    private static BackendSelection OfSuperKMeans()
    {
        SuperKMeansEngine.RequireFunction();
        return new BackendSelection([KMeansBackend.SuperKMeans], null);
    }

    private static string DescribeMissingLibrary()
    {
        var probes = FaissLibrary.Probes;
        var reason = probes.Count == 1
            ? $"{probes[0].Source} names {probes[0].Path}: {probes[0].Outcome}"
            : $"no native FAISS library in any of {probes.Count} places";
        return reason + "; run faiss-sdk doctor for details";
    }
}

/// <summary>Specifies the implementations that a command trains with.</summary>
internal enum BackendChoice
{
    Auto,
    Native,
    Managed,
    Both,
    SuperKMeans,
}
