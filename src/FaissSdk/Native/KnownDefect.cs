namespace FaissSdk.Native;

/// <summary>Represents a defect of FAISS that the SDK guards against: a row of <see cref="KnownDefects"/>.</summary>
/// <param name="What">What FAISS does.</param>
/// <param name="Test">The test that shows the guard, as <c>Class.Method</c>.</param>
internal sealed record KnownDefect(string What, string Test)
{
    /// <summary>Gets the first version with the defect, or <see langword="null"/> if all supported versions before <see cref="FixedIn"/> have it.</summary>
    public Version? BrokenIn { get; init; }

    /// <summary>Gets the first version without the defect, or <see langword="null"/> if none is known.</summary>
    public Version? FixedIn { get; init; }

    /// <summary>Gets the upstream issue or pull request, as <c>owner/repository#number</c>, or <see langword="null"/> if none is known.</summary>
    public string? Upstream { get; init; }

    /// <summary>Gets the four-letter codes (<see cref="IndexKind.CodeOf"/>) of the affected classes; empty if the call site decides.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Gets a value indicating whether the loaded library has the defect, or may have it because its version is unknown.</summary>
    public bool IsPresent => (FixedIn is null || !IsAtLeast(FixedIn)) && (BrokenIn is null || IsAtLeast(BrokenIn));

    /// <summary>Throws if the loaded library has the defect; <paramref name="operation"/> begins the sentence that names the version without it.</summary>
    /// <exception cref="NotSupportedException">The loaded library has the defect.</exception>
    public void ThrowIfPresent(string operation)
    {
        if (IsPresent)
        {
            var version = FixedIn ?? throw new NotSupportedException($"{operation} fails in every known FAISS version; loaded: {FaissLibrary.Info.Version} ({FaissLibrary.Info.Path}).");
            FaissLibrary.RequireVersion(version.Major, version.Minor, version.Build, operation);
        }
    }

    /// <summary>Throws if the loaded library has the defect and a native class that holds vectors of <paramref name="index"/> is affected, at any depth.</summary>
    /// <exception cref="NotSupportedException">The loaded library has the defect.</exception>
    public void ThrowIfPresent(FaissIndex index, string operation)
    {
        if (IsPresent && index.Parts.MayHold(Kinds))
        {
            ThrowIfPresent(operation);
        }
    }

    /// <summary>Throws if the loaded library has the defect and one of the parts is affected.</summary>
    /// <exception cref="NotSupportedException">The loaded library has the defect.</exception>
    public void ThrowIfPresent(IEnumerable<IndexPart> parts, string operation)
    {
        if (IsPresent && parts.Any(part => Kinds.Contains(part.Code)))
        {
            ThrowIfPresent(operation);
        }
    }

    private static bool IsAtLeast(Version version) => FaissLibrary.IsAtLeast(version.Major, version.Minor, version.Build);
}
