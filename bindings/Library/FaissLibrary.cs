using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using FaissSdk.Interop;

namespace FaissSdk;

/// <summary>Finds, loads and describes the native FAISS library of the process.</summary>
/// <remarks>
/// A process loads one library: the first in this order that can be loaded. The file passed to <see cref="Use"/>; the file named by
/// the environment variable <c>FAISS_SDK_LIBRARY</c>; <c>runtimes/&lt;rid&gt;/native</c> in the folder of the assembly
/// FaissSdk.Interop, and that folder itself, then those of the application; the native assets of its packages; the build output of
/// the source checkout that contains the application; what the assembly's load context resolves, as for plugins and scripts; the
/// system's library path. If a file is named by <see cref="Use"/> or the variable, no other place is tried. On a processor with
/// AVX2, a file of the same name with <c>_avx2</c> at its end is tried before it in each place but the first two and the last. A
/// program published by NativeAOT with <c>FaissSdkStatic</c> contains FAISS and does not load a library.
/// </remarks>
public static class FaissLibrary
{
    /// <summary>The environment variable that names the library file, <c>FAISS_SDK_LIBRARY</c>.</summary>
    public const string PathVariable = "FAISS_SDK_LIBRARY";

    internal const string ExplicitSource = "FaissLibrary.Use";

    private static readonly FaissLibraryInfo NotLoaded = new() { Path = "", Version = FaissLibraryInfo.NoVersion };

    private static readonly Lock Gate = new();
    private static LibraryLocator? _located;
    private static FaissLibraryInfo? _info;
    private static string? _explicitPath;
    private static Version? _version;
    private static string? _waitPolicy;

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
                return _info ??= LibraryDescription.Of(_located!) with { WaitPolicy = _waitPolicy };
            }
        }
    }

    /// <summary>Gets the handle of the loaded library.</summary>
    /// <exception cref="FaissLibraryException">No library could be loaded.</exception>
    internal static nint Loaded => Handle;

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

            var attempt = Load(path, null);
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
            throw new NotSupportedException($"{feature} {ApiVersions.WhyMissing(function, Info.Version)}; loaded: {Info.Version} ({Info.Path}).{ApiVersions.HowToGet(function, Info.Version)}");
        }
    }

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
            throw new NotSupportedException($"{feature} needs FAISS {major}.{minor}.{build} or later; loaded: {Info.Version} ({Info.Path}).{ApiVersions.HowToGetNewest()}");
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
            return _located ??= LinkedLibrary.IsLinked ? Linked(variable) : Load(_explicitPath, variable);
        }
    }

    private static LibraryLocator Load(string? path, string? variable)
    {
        using var environment = new OpenMPEnvironment();
        var located = LibraryLocator.Search(path, variable, AppContext.BaseDirectory, typeof(FaissLibrary).Assembly);
        if (located.Handle != 0)
        {
            // While the variables are set, as libomp reads them at the first call.
            DefaultThreads.Begin(OpenMPFunctions.Of(located.Handle));
            _waitPolicy = environment.WaitPolicy;
            PrintedMessages.Begin(PrintFunctions.Of(located.Handle));
        }

        return located;
    }

    private static LibraryLocator Linked(string? variable)
    {
        DefaultThreads.Begin(default);
        _waitPolicy = OpenMPEnvironment.WaitPolicyOfProcess;
        PrintedMessages.Begin(PrintFunctions.Linked);
        return LibraryLocator.Linked(variable);
    }

    internal static string FailureMessage(LibraryLocator located)
    {
        var message = new StringBuilder("The native FAISS library could not be loaded. Looked at:");
        foreach (var probe in located.Probes)
        {
            message.AppendLine().Append("  ").Append(probe.Source).Append(": ").Append(probe.Path).Append(" (").Append(probe.Outcome).Append(')');
        }

        // A package that is there already need not be added.
        var advice = located.Probes.Select(probe => LoadFailure.Advice(probe.Outcome)).FirstOrDefault(found => found is not null);
        if (advice is not null)
        {
            message.AppendLine().Append("To fix this: ").Append(advice).Append('.');
        }
        else if (located.Probes is [{ Source: PathVariable or ExplicitSource } named])
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
