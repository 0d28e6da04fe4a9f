namespace FaissSdk.Tests;

/// <summary>Helpers for tests that need the native library.</summary>
internal static class Native
{
    public const string Missing = "There is no native FAISS library.";

    public static bool IsAvailable => FaissLibrary.IsAvailable;

    public static void Require() => Assert.SkipUnless(IsAvailable, Missing);

    /// <summary>Gets a value indicating whether the library has FaissSdk's own search with parameters.</summary>
    public static bool HasOwnSearch => FaissLibrary.Supports("faiss_sdk_search");

    /// <summary>Requires a library that searches with parameters: one of FaissSdk, or FAISS 1.7.4.</summary>
    public static void RequireParameters()
    {
        Require();
        Assert.SkipUnless(HasOwnSearch || FaissLibrary.Supports("faiss_SearchParameters_new"), "Search parameters need FAISS 1.7.4, or a library of FaissSdk.");
    }

    /// <summary>Requires a library with FaissSdk's own search with parameters.</summary>
    public static void RequireOwnSearch()
    {
        Require();
        Assert.SkipUnless(HasOwnSearch, "This needs a library of FaissSdk.");
    }

    /// <summary>Requires a FAISS that maps files into memory.</summary>
    public static void RequireMapping()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "FAISS maps no files on Windows.");
        Require();
    }

    /// <summary>Checks that a call succeeds when the loaded library has a function, and otherwise is not supported.</summary>
    public static void AssertSupported(bool isSupported, Action call)
    {
        var error = Record.Exception(call);
        Assert.True(isSupported ? error is null : error is NotSupportedException, error?.ToString() ?? "No exception was thrown.");
    }

    /// <summary>Limits FAISS to one thread: small trainings wait for threads longer than they compute, above all on a busy machine.</summary>
    public static FaissThreadLimit SingleThread() => IsAvailable ? FaissThreads.Limit(1) : default;
}
