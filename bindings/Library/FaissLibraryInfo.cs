namespace FaissSdk;

/// <summary>Describes the native FAISS library that this process has loaded.</summary>
public sealed record FaissLibraryInfo
{
    /// <summary>The file the library was loaded from; the program itself where FAISS is linked into it.</summary>
    public required string Path { get; init; }

    /// <summary>Whether FAISS is linked into the program (NativeAOT with <c>FaissSdkStatic</c>) instead of loaded from a shared library.</summary>
    public bool IsLinked { get; init; }

    /// <summary>The FAISS version, for example <c>1.7.3</c>, or a range such as <c>1.7.3 to 1.8.0</c> where the library does not tell and nothing beside it does.</summary>
    public required string Version { get; init; }

    /// <summary>The SIMD level the library was compiled for, for example <c>avx2</c>; <see langword="null"/> where nothing beside the library tells.</summary>
    public string? SimdLevel { get; init; }

    /// <summary>The BLAS implementation, or <see langword="null"/> where nothing beside the library tells.</summary>
    public string? Blas { get; init; }

    /// <summary>The OpenMP runtime, or <see langword="null"/> where nothing beside the library tells.</summary>
    public string? OpenMP { get; init; }

    /// <summary>The compiler, or <see langword="null"/> where nothing beside the library tells.</summary>
    public string? Compiler { get; init; }
}
