namespace FaissSdk;

/// <summary>Represents one place where <see cref="FaissLibrary"/> searched for the native library.</summary>
/// <param name="Source">The reason for searching this place, such as <c>FAISS_SDK_LIBRARY</c> or <c>packaged</c>.</param>
/// <param name="Path">The path or the file name that was tried.</param>
/// <param name="Outcome">The outcome.</param>
public sealed record FaissLibraryProbe(string Source, string Path, string Outcome);
