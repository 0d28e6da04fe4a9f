using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using FaissSdk.Interop;

namespace FaissSdk;

/// <summary>Finds, loads and describes the native FAISS library of the process.</summary>
/// <remarks>
/// A process loads one library: the first in this order that can be loaded. The file passed to <see cref="Use"/>; the file named by the
/// environment variable <c>FAISS_SDK_LIBRARY</c>; <c>runtimes/&lt;rid&gt;/native</c> next to the application and the native assets of its
/// packages; the build output of the source checkout that contains the application; the system's library path.
/// If a file is named by <see cref="Use"/> or the variable, no other place is tried. If a package has builds for several SIMD levels,
/// the highest level that the processor supports is loaded. A program published by NativeAOT with <c>FaissSdkStatic</c> contains FAISS
/// and does not load a library.
/// </remarks>
public static class FaissLibrary
{
    /// <summary>The environment variable that names the library file, <c>FAISS_SDK_LIBRARY</c>.</summary>
    public const string PathVariable = "FAISS_SDK_LIBRARY";

    internal const string ExplicitSource = "FaissLibrary.Use";

    private const string BeforeVersionFunction = "1.7.3 to 1.8.0";

    private static readonly FaissLibraryInfo NotLoaded = new() { Path = "", Version = FaissLibraryInfo.NoVersion };

    private static readonly Lock Gate = new();
    private static LibraryLocator? _located;
    private static FaissLibraryInfo? _info;
    private static string? _explicitPath;
    private static Version? _version;

    /// <summary>Gets a value indicating whether a native FAISS library is available. The first call loads it.</summary>
    public static bool IsAvailable => Located().Handle != 0;

    /// <summary>Gets a description of the loaded library; one whose <see cref="FaissLibraryInfo.IsLoaded"/> is <see langword="false"/> if no library could be loaded, for the reason that <see cref="Failure"/> gives.</summary>
    public static FaissLibraryInfo Info => IsAvailable ? LoadedInfo : NotLoaded;

    /// <summary>Gets the places that were searched, in order, each with its outcome.</summary>
    public static IReadOnlyList<FaissLibraryProbe> Probes => Located().Probes;

    /// <summary>Gets the reason why no library is available, or <see langword="null"/> if one is.</summary>
    public static string? Failure => IsAvailable ? null : FailureMessage(Located());

    private static FaissLibraryInfo LoadedInfo
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

    private static nint Handle
    {
        get
        {
            var located = Located();
            return located.Handle != 0 ? located.Handle : throw new FaissLibraryException(FailureMessage(located));
        }
    }

    /// <summary>Loads the library from a file. Call it before the first use of FAISS; after a failure to load, it may be called again.</summary>
    /// <param name="path">The path of the library file.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is empty.</exception>
    /// <exception cref="InvalidOperationException">Another library is already loaded, or FAISS is linked into the program.</exception>
    /// <exception cref="FaissLibraryException">The file does not exist or is not a FAISS library for this platform.</exception>
    public static void Use(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (LinkedLibrary.IsLinked)
        {
            throw new InvalidOperationException($"FAISS is linked into this program, so '{path}' cannot be loaded. To choose a library at run time, publish the program without FaissSdkStatic.");
        }

        lock (Gate)
        {
            if (_located is { Handle: not 0 } loaded)
            {
                if (loaded.Path == Path.GetFullPath(path))
                {
                    return;
                }

                throw new InvalidOperationException($"A process can load only one FAISS library: '{loaded.Path}' is already loaded, so '{path}' cannot be.");
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

    /// <summary>Returns whether the loaded library has a function of the C API.</summary>
    /// <param name="function">The C name, for example <c>faiss_Index_search_with_params</c>.</param>
    /// <returns><see langword="true"/> if it does; <see langword="false"/> if it lacks the function or no library is available.</returns>
    /// <exception cref="ArgumentException"><paramref name="function"/> is empty.</exception>
    public static bool Supports(string function)
    {
        ArgumentException.ThrowIfNullOrEmpty(function);
        return Located().Handle is var handle and not 0 && Has(handle, function);
    }

    /// <summary>Throws an exception if the loaded library lacks a function of the C API.</summary>
    /// <param name="function">The C name, for example <c>faiss_Index_search_with_params</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="function"/> is empty.</exception>
    /// <exception cref="FaissLibraryException">No library could be loaded.</exception>
    /// <exception cref="NotSupportedException">The library lacks the function; the message names the versions that have it and the loaded version.</exception>
    public static void Require(string function) => Require(function, function);

    /// <summary>Throws an exception if the loaded library lacks a function, and names the feature that needs it.</summary>
    /// <param name="function">The C name.</param>
    /// <param name="feature">The feature, as the subject of the message's sentence.</param>
    /// <exception cref="FaissLibraryException">No library could be loaded.</exception>
    /// <exception cref="NotSupportedException">The library lacks the function.</exception>
    internal static void Require(string function, string feature)
    {
        ArgumentException.ThrowIfNullOrEmpty(function);
        if (!Has(Handle, function))
        {
            throw new NotSupportedException($"{feature} {ApiVersions.WhyMissing(function, Info.Version)}; loaded: {Info.Version} ({Info.Path}).");
        }
    }

    /// <summary>Returns the address of a function of the loaded library or its dependencies, or 0.</summary>
    /// <exception cref="FaissLibraryException">No library could be loaded.</exception>
    internal static nint Export(string function) => NativeLibrary.TryGetExport(Handle, function, out var address) ? address : 0;

    /// <summary>Returns whether the loaded library is known to have this version or a newer one.</summary>
    internal static bool IsAtLeast(int major, int minor, int build)
    {
        var version = _version ??= Version.TryParse(LoadedInfo.Version, out var parsed) ? parsed : new Version();
        return (version.Major, version.Minor, Math.Max(0, version.Build)).CompareTo((major, minor, build)) >= 0;
    }

    /// <summary>Throws an exception if the loaded library is older than the version that supports a feature.</summary>
    /// <param name="major">The major part of the version.</param>
    /// <param name="minor">The minor part of the version.</param>
    /// <param name="build">The build part of the version.</param>
    /// <param name="feature">The feature, as the subject of the message's sentence.</param>
    /// <exception cref="NotSupportedException">The loaded library is older.</exception>
    internal static void RequireVersion(int major, int minor, int build, string feature)
    {
        if (!IsAtLeast(major, minor, build))
        {
            throw new NotSupportedException($"{feature} needs FAISS {major}.{minor}.{build} or later; loaded: {Info.Version} ({Info.Path}).");
        }
    }

    // The resolver must be registered before any code calls into the raw layer.
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

        // A description with another version belongs to another build, so only the version of the library itself is valid.
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

        // If the user named a file, no other place is tried.
        if (located.Probes is [{ Source: PathVariable or ExplicitSource } named])
        {
            message.AppendLine().Append("No other place is searched while ").Append(named.Source).Append(" names a file. To fix this: name an existing FAISS library for this platform, or do not set it.");
        }
        else
        {
            message.AppendLine().Append("To fix this: ");
            if (LibraryLocator.PackagedRuntimes.Contains(LibraryLocator.RuntimeIdentifier))
            {
                message.Append("dotnet add package FaissSdk.Native.").Append(LibraryLocator.RuntimeIdentifier).Append("; or ");
            }
            else
            {
                message.Append("no package contains it for this platform (only for ").AppendJoin(", ", LibraryLocator.PackagedRuntimes).Append("); ");
            }

            message.Append("build it with scripts/build-native.sh in a checkout of FaissSdk and rebuild the program; or set ").Append(PathVariable)
                .Append(" to the path of a ").Append(LibraryLocator.FileName).Append(" for ").Append(LibraryLocator.RuntimeIdentifier).Append('.');
        }

        return message.ToString();
    }
}
