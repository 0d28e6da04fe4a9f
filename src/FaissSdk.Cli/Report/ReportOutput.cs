using System.Text;

namespace FaissSdk.Cli;

/// <summary>Checks and writes the files of <c>--report</c> and <c>--plot</c>.</summary>
internal static class ReportOutput
{
    private static readonly string[] ReportExtensions = [".html", ".htm"];
    private static readonly string[] PlotExtensions = [".svg"];

    /// <summary>Checks before the work that both can be written.</summary>
    /// <exception cref="UsageException">A path is not that of a file in an existing folder, has another extension, or names an input or the other output.</exception>
    /// <exception cref="IOException">A file is write-protected, or its folder accepts no new files.</exception>
    public static void Check(string? report, string? plot, IEnumerable<string?> others)
    {
        Check("--report", report, ReportExtensions, others);
        Check("--plot", plot, PlotExtensions, others);
        if (report is not null && plot is not null && OutputFile.IsSame(report, plot))
        {
            throw new UsageException($"--report and --plot both name {plot}; choose two files.");
        }
    }

    public static void Write(string? path, Func<string> content, string description, CommandConsole console)
    {
        if (path is not null)
        {
            OutputFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(content())), CancellationToken.None);
            console.WriteLine($"wrote {description} to {path}");
        }
    }

    private static void Check(string option, string? path, string[] extensions, IEnumerable<string?> others)
    {
        if (path is null)
        {
            return;
        }

        if (others.FirstOrDefault(other => other is not null && OutputFile.IsSame(path, new VectorSource(other).Identity)) is { } same)
        {
            throw new UsageException($"{option}: {path} is an input file or another output of this command{(path == same ? "" : $" ({same})")}; choose another one.");
        }

        FileExtension.Of(path, extensions, option);
        OutputFile.CheckWritable(option, path);
    }
}
