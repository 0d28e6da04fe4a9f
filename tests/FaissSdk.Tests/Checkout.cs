namespace FaissSdk.Tests;

/// <summary>Finds the checkout that the tests were built from.</summary>
internal static class Checkout
{
    /// <summary>Returns the full path of a file or folder of the checkout; skips the test when there is no checkout.</summary>
    public static string PathTo(string relativePath)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FaissSdk.sln")))
        {
            folder = folder.Parent;
        }

        Assert.SkipWhen(folder is null, "The tests do not run in a checkout.");
        return Path.Combine(folder.FullName, relativePath);
    }
}
