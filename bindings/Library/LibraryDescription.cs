using System.Runtime.InteropServices;
using System.Text.Json;

namespace FaissSdk.Interop;

/// <summary>Reads what the libraries of scripts/build-native.sh say about themselves.</summary>
internal static unsafe class LibraryDescription
{
    private const string BeforeVersionFunction = "1.7.3 to 1.8.0";

    /// <summary>Describes a loaded library.</summary>
    public static FaissLibraryInfo Of(LibraryLocator library)
    {
        if (LinkedLibrary.IsLinked)
        {
            return Read(LinkedLibrary.Description, library.Path)! with { IsLinked = true };
        }

        // Libraries that were built before they contained their description have it beside them.
        var info = NativeLibrary.TryGetExport(library.Handle, "faiss_sdk_description", out var function)
            ? Read(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(((delegate* unmanaged[Cdecl]<byte*>)function)()).ToArray(), library.Path)
            : ReadFile(Path.ChangeExtension(library.Path, ".json"), library.Path);
        if (!NativeLibrary.TryGetExport(library.Handle, "faiss_get_version", out _))
        {
            return info ?? new FaissLibraryInfo { Path = library.Path, Version = BeforeVersionFunction };
        }

        var version = Marshal.PtrToStringUTF8((nint)FaissNative.faiss_get_version())!;

        // A description with another version belongs to another build, so only the version of the library itself is valid.
        return info?.Version == version ? info : new FaissLibraryInfo { Path = library.Path, Version = version };
    }

    private static FaissLibraryInfo? ReadFile(string path, string libraryPath)
    {
        try
        {
            return File.Exists(path) ? Read(File.ReadAllBytes(path), libraryPath) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    private static FaissLibraryInfo? Read(ReadOnlyMemory<byte> description, string libraryPath)
    {
        using var json = JsonDocument.Parse(description);
        string? Text(string name) => json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return Text("faissVersion") is not { } version ? null : new FaissLibraryInfo
        {
            Path = libraryPath,
            Version = version,
            SimdLevel = Text("simdLevel"),
            Blas = Text("blas"),
            OpenMP = Text("openmp"),
            Compiler = Text("compiler"),
        };
    }
}
