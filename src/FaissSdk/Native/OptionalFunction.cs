using FaissSdk.Interop;

namespace FaissSdk.Native;

/// <summary>Represents a function that not every FAISS version has: it is required before it is called, and looked up once.</summary>
/// <param name="name">The name of the function.</param>
/// <param name="feature">The subject of the exception's sentence, where the name of the function means little to a user.</param>
internal sealed class OptionalFunction(string name, string? feature = null)
{
    private volatile bool _present;

    /// <summary>Gets a value indicating whether the function, one of FaissSdk's own, serves newer FAISS versions only.</summary>
    public bool NeedsNewerFaiss { get; init; }

    /// <summary>Gets a value indicating whether the loaded library has the function, and its FAISS what the function needs.</summary>
    public bool IsPresent => _present || (_present = FaissLibrary.Supports(name) && (!NeedsNewerFaiss || FaissLibrary.IsAtLeast(Need.Major, Need.Minor, Need.Build)));

    private Version Need => ApiVersions.NeedOf(name)!;

    /// <summary>Throws if the loaded library lacks the function.</summary>
    /// <exception cref="NotSupportedException">The loaded library lacks the function, or its FAISS what the function needs.</exception>
    public void Require()
    {
        if (!_present)
        {
            FaissLibrary.Require(name, feature ?? name);
            if (NeedsNewerFaiss)
            {
                FaissLibrary.RequireVersion(Need.Major, Need.Minor, Need.Build, feature ?? name);
            }

            _present = true;
        }
    }
}
