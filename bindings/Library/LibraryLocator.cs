using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace FaissSdk.Interop;

/// <summary>Finds and loads the native library, and records the places searched.</summary>
internal sealed class LibraryLocator
{
    private static readonly string[] RequiredExports = ["faiss_Index_free", "faiss_Clustering_train", "faiss_get_last_error"];

    private readonly List<FaissLibraryProbe> _probes = [];

    /// <summary>Gets the handle of the loaded library, or 0.</summary>
    public nint Handle { get; private set; }

    /// <summary>Gets the path of the loaded file, or an empty string.</summary>
    public string Path { get; private set; } = "";

    /// <summary>Gets the places searched, in order.</summary>
    public IReadOnlyList<FaissLibraryProbe> Probes => _probes;

    public static string RuntimeIdentifier { get; } =
        IsWebAssembly ? RuntimeInformation.RuntimeIdentifier : (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx"
            : IsMusl(RuntimeInformation.RuntimeIdentifier) ? "linux-musl" : "linux") + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>Gets the platforms that have a package FaissSdk.Native.&lt;rid&gt;.</summary>
    public static IReadOnlyList<string> PackagedRuntimes { get; } = typeof(LibraryLocator).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "FaissSdkRids").Value!.Split(';');

    public static string FileName { get; } =
        OperatingSystem.IsWindows() ? "faiss_c.dll" : OperatingSystem.IsMacOS() ? "libfaiss_c.dylib" : "libfaiss_c.so";

    /// <summary>Gets a value indicating whether the program runs on WebAssembly, where no library can be loaded.</summary>
    public static bool IsWebAssembly => OperatingSystem.IsBrowser() || OperatingSystem.IsWasi();

    /// <summary>Tries the places in order. If the user named a file, no other place is tried.</summary>
    /// <param name="explicitPath">The file that the program names, or <see langword="null"/>.</param>
    /// <param name="variable">The file that the environment names, or <see langword="null"/>.</param>
    /// <param name="baseDirectory">The folder of the application.</param>
    /// <param name="assembly">The assembly whose folder and load context are searched too: those of a plugin, a script or a task are not the application's.</param>
    public static LibraryLocator Search(string? explicitPath, string? variable, string baseDirectory, Assembly? assembly = null)
    {
        var locator = new LibraryLocator();
        if (IsWebAssembly)
        {
            locator.Record("WebAssembly", FileName, LoadFailure.WebAssembly);
        }
        else if (explicitPath is not null)
        {
            locator.TryFile(FaissLibrary.ExplicitSource, explicitPath);
        }
        else if (!string.IsNullOrEmpty(variable))
        {
            locator.TryFile(FaissLibrary.PathVariable, variable);
        }
        else
        {
            locator.TryUsualPlaces(baseDirectory, assembly);
        }

        return locator;
    }

    /// <summary>Returns the library that is linked into the program, which a file named by the user cannot replace.</summary>
    public static LibraryLocator Linked(string? variable)
    {
        var locator = new LibraryLocator { Handle = NativeLibrary.GetMainProgramHandle(), Path = Environment.ProcessPath ?? "" };
        locator.Record("linked", locator.Path, "FAISS is linked into this program");
        if (!string.IsNullOrEmpty(variable))
        {
            locator.Record(FaissLibrary.PathVariable, variable, "ignored, because FAISS is linked into this program");
        }

        return locator;
    }

    /// <summary>Returns whether a runtime identifier is one of .NET for musl: Microsoft's begins with linux-musl, that of Alpine's packages with alpine.</summary>
    internal static bool IsMusl(string runtimeIdentifier) =>
        runtimeIdentifier.StartsWith("linux-musl", StringComparison.Ordinal) || runtimeIdentifier.StartsWith("alpine", StringComparison.Ordinal);

    private void TryUsualPlaces(string baseDirectory, Assembly? assembly)
    {
        // The folder of a plugin comes before that of its host, which may have another version. In a single file it is empty.
        var directories = assembly is null || DirectoryOf(assembly) is not { Length: > 0 } own || IsSame(own, baseDirectory) ? [baseDirectory] : (string[])[own, baseDirectory];
        foreach (var (source, path) in UsualPlaces(directories))
        {
            if (TryVariant(source, path) || TryFile(source, path))
            {
                return;
            }
        }

        if (assembly is null || !TryLoadContext(assembly))
        {
            TrySystem();
        }
    }

    private static bool IsSame(string directory, string other) =>
        System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(directory)) == System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(other));

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "Without a location there is no folder to search.")]
    private static string DirectoryOf(Assembly assembly) => System.IO.Path.GetDirectoryName(assembly.Location) ?? "";

    private static IEnumerable<(string Source, string Path)> UsualPlaces(string[] directories)
    {
        var native = System.IO.Path.Combine("runtimes", RuntimeIdentifier, "native", FileName);
        foreach (var directory in directories)
        {
            yield return ("packaged", System.IO.Path.Combine(directory, native));
            yield return ("packaged", System.IO.Path.Combine(directory, FileName));
        }

        // The folders in which the host found the native assets of NuGet packages.
        var hostDirectories = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        foreach (var directory in hostDirectories.Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var path = System.IO.Path.Combine(directory, FileName);
            if (File.Exists(path))
            {
                yield return ("packaged", path);
            }
        }

        for (var directory = new DirectoryInfo(directories[^1]); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(directory.FullName, "FaissSdk.sln")))
            {
                yield return ("checkout", System.IO.Path.Combine(directory.FullName, "native", native));
            }
        }
    }

    // Packages have a build for processors with AVX2 next to the generic one.
    private bool TryVariant(string source, string path)
    {
        var variant = System.IO.Path.Combine(
            System.IO.Path.GetDirectoryName(path)!, $"{System.IO.Path.GetFileNameWithoutExtension(path)}_{SimdLevel.Avx2}{System.IO.Path.GetExtension(path)}");
        return File.Exists(variant) && (SimdLevel.HasAvx2
            ? TryFile(source, variant, "loaded: this processor supports AVX2")
            : Record(source, variant, "built for processors with AVX2, FMA and F16C, which this processor lacks"));
    }

    private bool TryFile(string source, string path, string loaded = "loaded")
    {
        path = System.IO.Path.GetFullPath(path);
        if (!File.Exists(path))
        {
            return Record(source, path, Directory.Exists(path) ? "is a directory, not a library" : "not there");
        }

        try
        {
            return NativeImage.WhyNotLoadable(path) is { } reason
                ? Record(source, path, reason)
                : Accept(source, path, NativeLibrary.Load(path), loaded);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            return Record(source, path, LoadFailure.Reason(e.Message));
        }
    }

    // The load context knows what is listed in the .deps.json of a plugin and what a script has restored, and asks its
    // ResolvingUnmanagedDll event. It also searches the system's library path.
    private bool TryLoadContext(Assembly assembly)
    {
        const string Source = "load context", Name = "faiss_c";
        try
        {
            return (SimdLevel.HasAvx2 && NativeLibrary.TryLoad($"{Name}_{SimdLevel.Avx2}", assembly, null, out var handle) && AcceptMapped("loaded: this processor supports AVX2"))
                || (NativeLibrary.TryLoad(Name, assembly, null, out handle) ? AcceptMapped("loaded") : Record(Source, Name, "not resolved"));

            bool AcceptMapped(string outcome) => Accept(Source, MappedFile(handle) ?? Name, handle, outcome);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            // From a LoadUnmanagedDll or a handler of the program.
            return Record(Source, Name, LoadFailure.Reason(e.Message));
        }
    }

    private bool TrySystem()
    {
        if (!NativeLibrary.TryLoad(FileName, out var handle))
        {
            return Record("system", FileName, "not on the system's library path");
        }

        return Accept("system", MappedFile(handle) ?? FileName, handle);
    }

    private bool Accept(string source, string path, nint handle, string outcome = "loaded")
    {
        foreach (var export in RequiredExports)
        {
            if (!NativeLibrary.TryGetExport(handle, export, out _))
            {
                NativeLibrary.Free(handle);
                return Record(source, path, $"not a FAISS C library: it does not export {export}");
            }
        }

        Handle = handle;
        Path = path;
        Record(source, path, outcome);
        return true;
    }

    private bool Record(string source, string path, string outcome)
    {
        _probes.Add(new FaissLibraryProbe(source, path, outcome));
        return false;
    }

    // Other files of the same name may be loaded, such as that of another plugin, so that the address decides.
    private static string? MappedFile(nint handle)
    {
        const string Maps = "/proc/self/maps";
        return File.Exists(Maps) && NativeLibrary.TryGetExport(handle, RequiredExports[0], out var address)
            ? File.ReadLines(Maps).Where(line => line.Contains('/', StringComparison.Ordinal) && Covers(line, (ulong)address)).Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..]).FirstOrDefault()
            : null;
    }

    private static bool Covers(string line, ulong address)
    {
        var (dash, end) = (line.IndexOf('-', StringComparison.Ordinal), line.IndexOf(' ', StringComparison.Ordinal));
        return ulong.Parse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture) <= address
            && address < ulong.Parse(line.AsSpan(dash + 1, end - dash - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
