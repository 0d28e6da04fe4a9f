namespace FaissSdk.Tests;

/// <summary>What tests of native code need.</summary>
internal static class Native
{
    public const string Missing = "There is no native FAISS library.";

    public static bool IsAvailable => FaissLibrary.IsAvailable;

    public static void Require() => Assert.SkipUnless(IsAvailable, Missing);

    /// <summary>Small trainings wait for threads more than they compute, most of all on a busy machine.</summary>
    public static FaissThreadLimit SingleThread() => IsAvailable ? FaissThreads.Limit(1) : default;
}
