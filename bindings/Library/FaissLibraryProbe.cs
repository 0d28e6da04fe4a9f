namespace FaissSdk;

/// <summary>One place where <see cref="FaissLibrary"/> looked for the native library.</summary>
/// <param name="Source">Why this place was looked at, for example <c>FAISS_SDK_LIBRARY</c> or <c>packaged</c>.</param>
/// <param name="Path">The file or the name that was tried.</param>
/// <param name="Outcome">What was found there.</param>
public sealed record FaissLibraryProbe(string Source, string Path, string Outcome);
