using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using FaissSdk.Interop;
using FaissSdk.Tests.Cli;
using FaissSdk.Tests.Scripts;

namespace FaissSdk.Tests.Pages;

/// <summary>Finds what is wrong with a command that a page shows: scripts, options, projects, packages and files that do not exist.</summary>
internal sealed partial class ShellChecker(TemporaryFolder folder)
{
    private static readonly string[] Packages =
        ["FaissSdk", "FaissSdk.Extensions.DependencyInjection", "FaissSdk.Native", "FaissSdk.Orleans", "FaissSdk.Tool", "FaissSdk.VectorData", .. LibraryLocator.PackagedRuntimes.Select(rid => "FaissSdk.Native." + rid)];

    private readonly ConcurrentDictionary<string, Task<string>> _help = new();

    /// <summary>Checks a command.</summary>
    /// <param name="words">The words of the command.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public async Task<string?> Check(IReadOnlyList<string> words) => words[0] switch
    {
        var script when script.StartsWith("scripts/", StringComparison.Ordinal) => await CheckScript(script, words),
        "faiss-sdk" => await CheckCommand([.. words.Skip(1)]),
        "dotnet" => await CheckDotnet(words),
        "cd" or "export" or "git" or "mkdir" => null,
        "cc" or "g++" or "./kmeans" => CheckFiles(words),
        _ => $"the command {words[0]} is unknown to the tests of the pages",
    };

    /// <summary>Returns the arguments of the command faiss-sdk if that is what the words run.</summary>
    public static string[]? CommandArguments(IReadOnlyList<string> words)
    {
        var separator = words.ToList().IndexOf("--");
        return words[0] == "faiss-sdk" ? [.. words.Skip(1)]
            : words[0] == "dotnet" && separator > 0 && words.Contains("src/FaissSdk.Cli") ? [.. words.Skip(separator + 1)]
            : null;
    }

    private async Task<string?> CheckScript(string script, IReadOnlyList<string> words)
    {
        if (!File.Exists(Checkout.PathTo(script)))
        {
            return $"there is no {script}";
        }

        // It builds, and passes its options to the demo.
        if (script == "scripts/quickstart.sh")
        {
            return await CheckCommand(["demo", .. words.Skip(1)]);
        }

        if (script.Contains("/lib/", StringComparison.Ordinal))
        {
            return null;
        }

        var help = await _help.GetOrAdd(script, ScriptHelp);
        return FindUnknownOption(script, help, words.Skip(1));
    }

    private async Task<string> ScriptHelp(string script)
    {
        var run = await ScriptRun.Of(script["scripts/".Length..], null, folder, "--help");
        Assert.True(run.ExitCode == 0, $"{script} --help fails: {run.Error}");
        return run.Output;
    }

    private async Task<string?> CheckCommand(string[] arguments)
    {
        if (arguments is [] || arguments[0].StartsWith('-'))
        {
            return FindUnknownOption("faiss-sdk", await CommandHelp([]), arguments);
        }

        var name = arguments[0];
        return Regex.IsMatch(await CommandHelp([]), $@"(?m)^  {Regex.Escape(name)}\b", RegexOptions.CultureInvariant)
            ? FindUnknownOption("faiss-sdk " + name, await CommandHelp([name]), arguments.Skip(1))
            : $"faiss-sdk has no command {name}";
    }

    private Task<string> CommandHelp(string[] command) =>
        _help.GetOrAdd("faiss-sdk " + string.Join(' ', command), _ => Task.FromResult(CommandRun.Of([.. command, "--help"]).Output));

    private async Task<string?> CheckDotnet(IReadOnlyList<string> words)
    {
        var separator = words.ToList().IndexOf("--");
        var project = words.ToList().IndexOf("--project");
        if (project > 0 && !Directory.Exists(Checkout.PathTo(words[project + 1])))
        {
            return $"there is no project {words[project + 1]}";
        }

        if (CommandArguments(words) is { } arguments)
        {
            return await CheckCommand(arguments);
        }

        if (project > 0 && words[project + 1] == "generator" && separator > 0)
        {
            return CheckGenerator([.. words.Skip(separator + 1)]);
        }

        return CheckPackages(words) ?? CheckProperties(words) ?? CheckFiles(words);
    }

    private static string? CheckGenerator(string[] arguments)
    {
        var source = string.Concat(Directory.EnumerateFiles(Checkout.PathTo("generator"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Select(File.ReadAllText));
        return arguments.Where((argument, i) => i == 0 || argument.StartsWith("--", StringComparison.Ordinal))
            .Where(argument => !source.Contains($"\"{argument}\"", StringComparison.Ordinal))
            .Select(argument => $"the generator has no {argument}")
            .FirstOrDefault();
    }

    private static string? CheckPackages(IReadOnlyList<string> words)
    {
        var isPackage = (words[1] == "add" && words.Contains("package")) || (words[1] == "tool" && words.Contains("install"));
        return words.FirstOrDefault(word => isPackage && word.StartsWith("FaissSdk", StringComparison.Ordinal) && !Packages.Contains(word)) is { } unknown
            ? $"there is no package {unknown}"
            : null;
    }

    private static string? CheckProperties(IReadOnlyList<string> words)
    {
        var known = File.ReadAllText(Checkout.PathTo("src/FaissSdk/buildTransitive/FaissSdk.targets")) + File.ReadAllText(Checkout.PathTo("native/FaissSdk.Native.targets"));
        return words.Select(word => Property().Match(word))
            .Where(match => match.Success && !known.Contains($"$({match.Groups["name"].Value})", StringComparison.Ordinal))
            .Select(match => $"there is no property {match.Groups["name"].Value}")
            .FirstOrDefault();
    }

    // Build output is not in the repository.
    private static string? CheckFiles(IReadOnlyList<string> words) =>
        words.Skip(1).Select(word => FileOfRepository().Match(word))
            .Where(match => match.Success && !match.Value.StartsWith("native/runtimes", StringComparison.Ordinal) && !Path.Exists(Checkout.PathTo(match.Value)))
            .Select(match => $"there is no {match.Value}")
            .FirstOrDefault();

    private static string? FindUnknownOption(string command, string help, IEnumerable<string> words)
    {
        foreach (var word in words.Where(word => word.StartsWith('-')))
        {
            var option = word.Split('=')[0];
            if (!Regex.IsMatch(help, $@"(?<![\w-]){Regex.Escape(option)}(?![\w-])", RegexOptions.CultureInvariant) && option is not ("--help" or "-h"))
            {
                return $"{command} has no option {option}";
            }
        }

        return null;
    }

    [GeneratedRegex("^-p:(?<name>FaissSdk[A-Za-z]*)=", RegexOptions.CultureInvariant)]
    private static partial Regex Property();

    [GeneratedRegex("(?<![A-Za-z])(src|native|bindings|generator|tests)/.*$", RegexOptions.CultureInvariant)]
    private static partial Regex FileOfRepository();
}
