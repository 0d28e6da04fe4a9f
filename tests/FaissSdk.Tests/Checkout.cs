namespace FaissSdk.Tests;

/// <summary>Finds the checkout that the tests were built from.</summary>
internal static class Checkout
{
    /// <summary>Gets the root of the checkout, or <see langword="null"/> if the tests do not run in one.</summary>
    public static DirectoryInfo? Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FaissSdk.sln")))
            {
                folder = folder.Parent;
            }

            return folder;
        }
    }

    /// <summary>Returns the full path of a file or folder of the checkout; skips the test when there is no checkout.</summary>
    public static string PathTo(string relativePath)
    {
        var root = Root;
        Assert.SkipWhen(root is null, "The tests do not run in a checkout.");
        return Path.Combine(root.FullName, relativePath);
    }
}
