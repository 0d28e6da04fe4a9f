using System.Diagnostics;
using System.Formats.Tar;
using System.Text.RegularExpressions;

namespace FaissSdk.Generator;

/// <summary>Reads the C API of every release of FAISS from a git repository.</summary>
internal static partial class ReleaseTags
{
    private static readonly Version Oldest = new(1, 7, 3);

    public static ApiHistory ReadAll(string repository, ResponseFile response)
    {
        var versions = Git(repository, text => text.ReadToEnd(), "tag", "--list", "v*")
            .Split('\n')
            .Select(tag => ReleaseTag().Match(tag.Trim()))
            .Where(match => match.Success)
            .Select(match => Version.Parse(match.Groups[1].Value))
            .Where(version => version >= Oldest)
            .Order()
            .ToArray();
        if (versions.Length == 0)
        {
            throw new GeneratorException($"{repository}: the repository has no release tags of FAISS {Oldest} or newer");
        }

        var history = new ApiHistory();
        foreach (var version in versions)
        {
            var folder = Directory.CreateTempSubdirectory("faiss-headers-");
            try
            {
                Git(repository, text => Extract(text, folder.FullName), "archive", "--format=tar", $"v{version}", "c_api");
                history.Add(version.ToString(), folder.FullName, response);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        return history;
    }

    private static string Extract(StreamReader text, string folder)
    {
        TarFile.ExtractToDirectory(text.BaseStream, folder, overwriteFiles: true);
        return "";
    }

    private static string Git(string repository, Func<StreamReader, string> read, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", ["-C", repository, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var messages = process.StandardError.ReadToEndAsync();
        var text = "";
        try
        {
            text = read(process.StandardOutput);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            // git's own message, which is reported below, gives the reason.
        }

        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new GeneratorException($"git {arguments[0]} failed in {repository}: {messages.GetAwaiter().GetResult().Trim()}");
    }

    [GeneratedRegex(@"^v(\d+\.\d+\.\d+)$")]
    private static partial Regex ReleaseTag();
}
