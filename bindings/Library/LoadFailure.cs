using System.Text.RegularExpressions;

namespace FaissSdk.Interop;

/// <summary>Reads why the system did not load a library, and finds advice.</summary>
internal static partial class LoadFailure
{
    /// <summary>The outcome of the one probe on WebAssembly.</summary>
    public const string WebAssembly = "WebAssembly loads no native libraries";

    private const string Systems = "Debian 12, Ubuntu 22.04, RHEL 9 and later";

    /// <summary>Returns the system's reason in the message of an exception, without the runtime's introduction and the names that it guessed.</summary>
    public static string Reason(string message)
    {
        var lines = message.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var reasons = lines.Skip(1).Where(line => !Guess().IsMatch(line)).Distinct().ToArray();
        return reasons.Length > 0 ? string.Join("; ", reasons) : string.Join(' ', lines);
    }

    /// <summary>Returns what to do about a library that is there and was not loaded, as the end of a sentence, or <see langword="null"/> if the reason is another one.</summary>
    /// <param name="outcome">The outcome of a probe.</param>
    public static string? Advice(string outcome)
    {
        if (outcome == WebAssembly)
        {
            return "use what needs no library: FlatIndex or ManagedFlatIndex to search, KMeans to cluster";
        }

        if (outcome.Contains("ld-linux", StringComparison.Ordinal) || outcome.Contains("Error relocating", StringComparison.Ordinal))
        {
            return "the library was built for glibc, and this system has musl: use one that was built for musl, such as that of the package FaissSdk.Native.linux-musl-x64, or a system with glibc";
        }

        if (CLibraryOfMusl().IsMatch(outcome))
        {
            return "the library was built for musl, and this system has glibc: use one that was built for glibc, such as that of the package FaissSdk.Native.linux-x64, or a system with musl";
        }

        if (NeededVersion().Match(outcome) is { Success: true } needed)
        {
            var library = needed.Groups[1].Value == "GLIBC" ? "C library (glibc)" : "C++ library (libstdc++)";
            return $"the library needs {needed.Value}, and the {library} of this system is older: use {Systems}, or build the library on this system";
        }

        if (MissingLibrary().Match(outcome) is { Success: true } missing)
        {
            var name = missing.Groups[1].Value + missing.Groups[2].Value;
            return $"the library is there, but {name}, which it needs, is not: "
                + (name.Contains("gomp", StringComparison.Ordinal)
                    ? "install it (Debian and Ubuntu: apt-get install libgomp1; Fedora and RHEL: dnf install libgomp), or put the libgomp.so.1 of the package beside the library"
                    : "install the package of this system that contains it");
        }

        return outcome.Contains("failed to map segment", StringComparison.Ordinal)
            ? "the library lies on a file system from which nothing may be executed (noexec): move it to another one"
            : null;
    }

    [GeneratedRegex(@"faiss_c[^:/]*: cannot open shared object file")]
    private static partial Regex Guess();

    // The file libc.so of a system with glibc is a text for the linker.
    [GeneratedRegex(@"\blibc\.so: (cannot open shared object file|invalid ELF header)")]
    private static partial Regex CLibraryOfMusl();

    [GeneratedRegex(@"\b(GLIBC|GLIBCXX|CXXABI)_[0-9.]*[0-9]")]
    private static partial Regex NeededVersion();

    // glibc's words, and musl's.
    [GeneratedRegex(@"\b(lib[\w+.-]+\.so[.\d]*): cannot open shared object file|Error loading shared library (lib[\w+.-]+\.so[.\d]*)")]
    private static partial Regex MissingLibrary();
}
