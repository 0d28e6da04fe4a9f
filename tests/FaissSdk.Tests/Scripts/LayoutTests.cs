using System.Text.RegularExpressions;

namespace FaissSdk.Tests.Scripts;

/// <summary>Files and folders have a size that a reader can survey.</summary>
public sealed partial class LayoutTests
{
    private const int MaxLines = 399;
    private const int MaxFiles = 22;

    private static readonly string[] Folders = ["bindings", "generator", "native", "scripts", "src", "tests"];

    // One C header for all of our functions, an emulator that will be removed once a Mac is available, and a file whose change rebuilds FAISS.
    private static readonly string[] LongFiles = ["native/extensions/faiss_sdk.h", "native/extensions/parts.cpp", "native/osx/runner/loader.c"];

    // The sources of one header, and the parts of one class.
    private static readonly string[] LargeFolders = ["native/extensions", "src/FaissSdk/Indexes/FaissIndex"];

    [Fact]
    public void A_file_has_fewer_than_400_lines() =>
        Assert.Equal(LongFiles, Files.Where(file => File.ReadLines(Path.Combine(Root, file)).Take(MaxLines + 1).Count() > MaxLines).Order(StringComparer.Ordinal));

    [Fact]
    public void A_folder_has_at_most_22_files_unless_they_have_one_topic() =>
        Assert.Equal(LargeFolders, Files.GroupBy(file => Path.GetDirectoryName(file)!.Replace('\\', '/')).Where(folder => folder.Count() > MaxFiles).Select(folder => folder.Key).Order(StringComparer.Ordinal));

    private static string Root => Checkout.PathTo("");

    private static IEnumerable<string> Files =>
        from folder in Folders
        from file in new DirectoryInfo(Path.Combine(Root, folder)).EnumerateFiles("*", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Root, file.FullName).Replace('\\', '/')
        where Source().IsMatch(path) && !Excluded().IsMatch(path)
        select path;

    [GeneratedRegex(@"\.(cs|sh|awk|c|cpp|h)$", RegexOptions.CultureInvariant)]
    private static partial Regex Source();

    // What is built, and what the generator writes.
    [GeneratedRegex(@"/(bin|obj|runtimes|reference)/|^bindings/(Generated|Extensions)/", RegexOptions.CultureInvariant)]
    private static partial Regex Excluded();
}
