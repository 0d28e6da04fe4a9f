using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FaissSdk.Interop;

namespace FaissSdk;

/// <summary>Finds and loads the native FAISS library, once for the process, and tells what was loaded.</summary>
/// <remarks>
/// The first of these that loads is taken: the file given to <see cref="Use"/>; the file that the environment variable
/// <c>FAISS_SDK_LIBRARY</c> names; <c>runtimes/&lt;rid&gt;/native</c> beside the application and the native assets of its packages;
/// the build output of the source checkout the application runs from; the system's library path.
/// A file that the user named is never replaced by another one. Where a package has builds of several SIMD levels side by side,
/// the highest that the processor has is taken. A program published by NativeAOT with <c>FaissSdkStatic</c> has FAISS linked into it,
/// and nothing is loaded.
/// </remarks>
public static class FaissLibrary
{
    /// <summary>The environment variable that names the library file: <c>FAISS_SDK_LIBRARY</c>.</summary>
    public const string PathVariable = "FAISS_SDK_LIBRARY";

    internal const string ExplicitSource = "FaissLibrary.Use";

    private const string BeforeVersionFunction = "1.7.3 to 1.8.0";

    private static readonly Lock Gate = new();
    private static LibraryLocator? _located;
    private static FaissLibraryInfo? _info;
    private static string? _explicitPath;
    private static Version? _version;

    /// <summary>Whether a native FAISS library is there; the first call loads it.</summary>
    public static bool IsAvailable => Located().Handle != 0;

    /// <summary>What is loaded.</summary>
    /// <exception cref="FaissLibraryException">No library could be loaded.</exception>
    public static FaissLibraryInfo Info
    {
        get
        {
            _ = Handle;
            lock (Gate)
            {
                return _info ??= Describe(_located!);
            }
        }
    }

    /// <summary>The places looked at, in order, and what was found at each.</summary>
    public static IReadOnlyList<FaissLibraryProbe> Probes => Located().Probes;

    /// <summary>Why no library is available, or <see langword="null"/> when one is.</summary>
    public static string? Failure => IsAvailable ? null : FailureMessage(Located());

    private static nint Handle
    {
        get
        {
            var located = Located();
            return located.Handle != 0 ? located.Handle : throw new FaissLibraryException(FailureMessage(located));
        }
    }

    /// <summary>Names the library file to load; to be called before a library is loaded, also after loading has failed.</summary>
    /// <param name="path">The library file.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">Another library is loaded already, or FAISS is linked into the program.</exception>
    /// <exception cref="FaissLibraryException">The file is not there, or is no FAISS library for this platform.</exception>
    public static void Use(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (LinkedLibrary.IsLinked)
        {
            throw new InvalidOperationException($"FAISS is linked into this program, so '{path}' cannot be loaded; publish without FaissSdkStatic to choose a library at run time.");
        }

        lock (Gate)
        {
            if (_located is { Handle: not 0 } loaded)
            {
                if (loaded.Path == Path.GetFullPath(path))
                {
                    return;
                }

                throw new InvalidOperationException($"A process loads FAISS once: '{loaded.Path}' is loaded already, so '{path}' cannot be.");
            }

            var attempt = LibraryLocator.Search(path, null, AppContext.BaseDirectory);
            if (attempt.Handle == 0)
            {
                throw new FaissLibraryException(FailureMessage(attempt));
            }

            _explicitPath = path;
            _located = attempt;
        }
    }

    /// <summary>Whether the loaded library has a function of the C API.</summary>
    /// <param name="function">The C name, for example <c>faiss_Index_search_with_params</c>.</param>
    /// <returns><see langword="false"/> when the library lacks it or no library is available.</returns>
    /// <exception cref="ArgumentException"><paramref name="function"/> is empty.</exception>
    public static bool Supports(string function)
    {
        ArgumentException.ThrowIfNullOrEmpty(function);
        return Located().Handle is var handle and not 0 && Has(handle, function);
    }

    /// <summary>Makes sure that the loaded library has a function of the C API.</summary>
    /// <param name="function">The C name, for example <c>faiss_Index_search_with_params</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="function"/> is empty.</exception>
    /// <exception cref="FaissLibraryException">No library could be loaded.</exception>
    /// <exception cref="NotSupportedException">The library lacks it; the message names the version that has it, and the one that is loaded.</exception>
    public static void Require(string function)
    {
        ArgumentException.ThrowIfNullOrEmpty(function);
        if (!Has(Handle, function))
        {
            throw new NotSupportedException($"{function} {ApiVersions.WhyMissing(function, Info.Version)}; loaded: {Info.Version} ({Info.Path}).");
        }
    }

    /// <summary>A function of the loaded library or of those it depends on, or 0.</summary>
    /// <exception cref="FaissLibraryException">No library could be loaded.</exception>
    internal static nint Export(string function) => NativeLibrary.TryGetExport(Handle, function, out var address) ? address : 0;

    /// <summary>Whether the loaded library is known to be of this version or a newer one.</summary>
    internal static bool IsAtLeast(int major, int minor, int build)
    {
        var version = _version ??= Version.TryParse(Info.Version, out var parsed) ? parsed : new Version();
        return (version.Major, version.Minor, Math.Max(0, version.Build)).CompareTo((major, minor, build)) >= 0;
    }

    /// <summary>Makes sure that what older versions fail at is left to newer ones; <paramref name="what"/> begins the sentence that says so.</summary>
    /// <exception cref="NotSupportedException">The loaded library is older.</exception>
    internal static void RequireVersion(int major, int minor, int build, string what)
    {
        if (!IsAtLeast(major, minor, build))
        {
            throw new NotSupportedException($"{what} needs FAISS {major}.{minor}.{build} or later; loaded: {Info.Version} ({Info.Path}).");
        }
    }

    // The resolver must stand before the first call into the raw layer, whoever makes it.
#pragma warning disable CA2255
    [ModuleInitializer]
    internal static void Register()
    {
        if (LinkedLibrary.IsLinked)
        {
            LinkedLibrary.ThrowIfNotForThisProcessor();
            return;
        }

        NativeLibrary.SetDllImportResolver(typeof(FaissLibrary).Assembly, Resolve);
    }
#pragma warning restore CA2255

    private static bool Has(nint library, string function) =>
        LinkedLibrary.IsLinked ? LinkedLibrary.Has(function) : NativeLibrary.TryGetExport(library, function, out _);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name == "faiss_c" ? Handle : 0;

    private static LibraryLocator Located()
    {
        var located = Volatile.Read(ref _located);
        if (located is not null)
        {
            return located;
        }

        lock (Gate)
        {
            var variable = Environment.GetEnvironmentVariable(PathVariable);
            return _located ??= LinkedLibrary.IsLinked ? LibraryLocator.Linked(variable) : LibraryLocator.Search(_explicitPath, variable, AppContext.BaseDirectory);
        }
    }

    internal static FaissLibraryInfo Describe(LibraryLocator library)
    {
        if (LinkedLibrary.IsLinked)
        {
            return ReadDescription(LinkedLibrary.Description, library.Path)! with { IsLinked = true };
        }

        var info = ReadDescription(Path.ChangeExtension(library.Path, ".json"), library.Path);
        if (!NativeLibrary.TryGetExport(library.Handle, "faiss_get_version", out _))
        {
            return info ?? new FaissLibraryInfo { Path = library.Path, Version = BeforeVersionFunction };
        }

        string version;
        unsafe
        {
            version = Marshal.PtrToStringUTF8((nint)FaissNative.faiss_get_version())!;
        }

        // A description of another version is of another build: only the library's own word counts then.
        return info?.Version == version ? info : new FaissLibraryInfo { Path = library.Path, Version = version };
    }

    private static FaissLibraryInfo? ReadDescription(string path, string libraryPath)
    {
        try
        {
            return File.Exists(path) ? ReadDescription(File.ReadAllBytes(path), libraryPath) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    private static FaissLibraryInfo? ReadDescription(ReadOnlyMemory<byte> description, string libraryPath)
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

    internal static string FailureMessage(LibraryLocator located)
    {
        var message = new StringBuilder("The native FAISS library could not be loaded. Looked at:");
        foreach (var probe in located.Probes)
        {
            message.AppendLine().Append("  ").Append(probe.Source).Append(": ").Append(probe.Path).Append(" (").Append(probe.Outcome).Append(')');
        }

        // A place that the user named is the only one tried.
        if (located.Probes is [{ Source: PathVariable or ExplicitSource } named])
        {
            message.AppendLine().Append("Nothing else is tried while ").Append(named.Source).Append(" names a file: correct it, or leave it out.");
        }
        else
        {
            message.AppendLine().Append("To mend it: ");
            if (LibraryLocator.PackagedRuntimes.Contains(LibraryLocator.RuntimeIdentifier))
            {
                message.Append("dotnet add package FaissSdk.Native.").Append(LibraryLocator.RuntimeIdentifier).Append("; or ");
            }
            else
            {
                message.Append("there is no package with it for this platform (only for ").AppendJoin(", ", LibraryLocator.PackagedRuntimes).Append("); ");
            }

            message.Append("build it with scripts/build-native.sh in a checkout of FaissSdk and build the program again; or set ").Append(PathVariable)
                .Append(" to a ").Append(LibraryLocator.FileName).Append(" for ").Append(LibraryLocator.RuntimeIdentifier).Append('.');
        }

        return message.ToString();
    }
}
