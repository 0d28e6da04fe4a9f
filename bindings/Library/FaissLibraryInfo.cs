namespace FaissSdk;

/// <summary>Describes the native FAISS library of the process.</summary>
public sealed record FaissLibraryInfo
{
    /// <summary>The value of <see cref="Version"/> if no library could be loaded, <c>none</c>.</summary>
    public const string NoVersion = "none";

    /// <summary>Gets the path of the library file, or of the program if FAISS is linked into it; empty if no library could be loaded.</summary>
    public required string Path { get; init; }

    /// <summary>Gets a value indicating whether a library is loaded. If not, <see cref="FaissLibrary.Failure"/> is the reason.</summary>
    public bool IsLoaded => Version != NoVersion;

    /// <summary>Gets a value indicating whether FAISS is linked into the program (NativeAOT with <c>FaissSdkStatic</c>) instead of loaded from a shared library.</summary>
    public bool IsLinked { get; init; }

    /// <summary>Gets the FAISS version, such as <c>1.7.3</c>, or a range such as <c>1.7.3 to 1.8.0</c> if neither the library nor a description next to it contains the version; <see cref="NoVersion"/> if no library could be loaded.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the SIMD level that the library was compiled for, such as <c>avx2</c>, or <see langword="null"/> if the library does not contain its description and none lies next to it.</summary>
    public string? SimdLevel { get; init; }

    /// <summary>Gets the BLAS implementation, or <see langword="null"/> if the library does not contain its description and none lies next to it.</summary>
    public string? Blas { get; init; }

    /// <summary>Gets the OpenMP runtime, or <see langword="null"/> if the library does not contain its description and none lies next to it.</summary>
    public string? OpenMP { get; init; }

    /// <summary>Gets how OpenMP's threads wait for work, with the reason, such as <c>GOMP_SPINCOUNT=300 (set by FaissSdk)</c>, or <see langword="null"/> if no library could be loaded.</summary>
    public string? WaitPolicy { get; init; }

    /// <summary>Gets the compiler, or <see langword="null"/> if the library does not contain its description and none lies next to it.</summary>
    public string? Compiler { get; init; }
}
