using System.CommandLine;
using System.Diagnostics;

namespace FaissSdk.Generator;

/// <summary>The generator's command line.</summary>
internal static class GeneratorCommand
{
    private static string Rsp => Path.Combine(AppContext.BaseDirectory, "faiss.rsp");

    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Makes and proves the raw bindings of FaissSdk from FAISS's C headers.") { Generate(output), Verify(output, error), Diff(output), History(output) };
        try
        {
            return root.Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is GeneratorException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"generator: error: {e.Message}");
            return 1;
        }
    }

    private static Command Generate(TextWriter output)
    {
        var (headers, folder) = (Headers(), new Option<string>("--output") { Description = "The folder that is replaced by the generated files.", DefaultValueFactory = _ => Checkout("bindings/Generated") });
        var compare = new Option<string?>("--compare") { Description = "A folder of what ClangSharp wrote; on any difference nothing is written." };
        var history = HistoryFile();
        var version = new Option<string?>("--faiss-version") { Description = "The FAISS version of the headers; a newer one than the history knows is added to it." };
        var older = new Option<bool>("--older") { Description = "Take headers that lack what the newest version has." };
        var command = new Command("generate", "Writes the raw bindings from headers with the second engine (clang's syntax tree).") { headers, folder, compare, history, version, older };
        command.SetAction(result =>
        {
            var clock = Stopwatch.StartNew();
            var (from, to, response, known) = (result.GetRequiredValue(headers), result.GetRequiredValue(folder), ResponseFile.Read(Rsp), ApiHistory.Read(result.GetRequiredValue(history)));
            var isNew = result.GetValue(version) is { } name && known.IsNewer(name) && !result.GetValue(older);
            if (isNew)
            {
                known.Add(result.GetValue(version)!, from, response);
            }

            var files = Bindings.Write(from, response, known, to, result.GetValue(older));
            if (result.GetValue(compare) is { } clangSharp)
            {
                Bindings.Compare(files, clangSharp);
            }

            OutputFolder.Replace(to, files);
            if (isNew)
            {
                known.WriteTo(result.GetRequiredValue(history));
                output.WriteLine($"# FAISS {known.Newest} against {known.Versions[^2]}: {(known.Changes.Count == 0 ? "the C API is the same" : $"{known.Changes.Count} changes")}");
                foreach (var change in known.Changes)
                {
                    output.WriteLine(change);
                }
            }

            var functions = files.Values.Sum(text => text.Split("public static extern ").Length - 1);
            output.WriteLine(FormattableString.Invariant($"{files.Count} files, {functions} functions ({clock.Elapsed.TotalSeconds:F1} s)"));
        });
        return command;
    }

    private static Command Verify(TextWriter output, TextWriter error)
    {
        var (headers, history) = (Headers(), HistoryFile());
        var library = new Option<string?>("--library") { Description = "A library whose exports are compared with the headers." };
        var assembly = new Option<string>("--assembly") { Description = "The compiled raw layer.", DefaultValueFactory = _ => Checkout("bindings/bin/Release/net10.0/FaissSdk.Interop.dll") };
        var command = new Command("verify", "Proves that the compiled raw layer agrees with headers as a C compiler lays them out, and names what a library lacks.") { headers, library, assembly, history };
        command.SetAction(result =>
        {
            var response = ResponseFile.Read(Rsp);
            var verification = Verification.Run(result.GetRequiredValue(headers), AssemblyApi.Read(result.GetRequiredValue(assembly), response), response, ApiHistory.Read(result.GetRequiredValue(history)));
            if (result.GetValue(library) is { } path)
            {
                verification.CheckLibrary(path, result.GetRequiredValue(headers), response);
            }

            foreach (var note in verification.Notes)
            {
                output.WriteLine($"known: {note}");
            }

            foreach (var fault in verification.Faults)
            {
                error.WriteLine($"fault: {fault}");
            }

            output.WriteLine(verification.Faults.Count == 0
                ? $"verified: {verification.FunctionsChecked} functions agree with {result.GetRequiredValue(headers)}"
                : $"NOT verified: {verification.Faults.Count} faults");
            return verification.Faults.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static Command Diff(TextWriter output)
    {
        var (old, @new) = (new Argument<string>("old") { Description = "A folder of headers." }, new Argument<string>("new") { Description = "A folder of newer headers." });
        var command = new Command("diff", "Tells in Markdown what changed in the C API between two header trees, and whether it is binary compatible.") { old, @new };
        command.SetAction(result =>
        {
            var response = ResponseFile.Read(Rsp);
            var (before, after) = (result.GetRequiredValue(old), result.GetRequiredValue(@new));
            output.Write(ApiDiff.Compare(before, after, response).Markdown(before, after));
        });
        return command;
    }

    private static Command History(TextWriter output)
    {
        var repository = new Option<string?>("--repository") { Description = "A git repository of FAISS: the history is made anew from all its release tags from 1.7.3 on." };
        var (version, headers, history) = (new Option<string?>("--version-name") { Description = "The version that --headers is, added to the history that is there." }, new Option<string?>("--headers") { Description = "A folder of headers." }, HistoryFile());
        var command = new Command("history", "Makes api-history.json: the first and the last version of everything in the C API.") { repository, version, headers, history };
        command.SetAction(result =>
        {
            var (response, path) = (ResponseFile.Read(Rsp), result.GetRequiredValue(history));
            ApiHistory made;
            if (result.GetValue(repository) is { } git)
            {
                made = ReleaseTags.ReadAll(git, response);
            }
            else if (result.GetValue(version) is { } name && result.GetValue(headers) is { } folder)
            {
                made = ApiHistory.Read(path);
                made.Add(name, folder, response);
            }
            else
            {
                throw new GeneratorException("history needs --repository DIR, or --version-name VERSION and --headers DIR");
            }

            made.WriteTo(path);
            output.WriteLine($"{path}: {made.Versions.Count} versions, {made.Functions.Count} functions, {made.EnumMembers.Count} enum members, {made.StructFields.Count} struct fields");
        });
        return command;
    }

    private static Option<string> Headers() => new("--headers") { Description = "A folder with the C API headers: c_api itself, an include folder, or a FAISS source tree.", Required = true };

    private static Option<string> HistoryFile() => new("--history") { Description = "The file api-history.json.", DefaultValueFactory = _ => Checkout("bindings/api-history.json") };

    private static string Checkout(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FaissSdk.sln")))
            {
                return Path.Combine(folder.FullName, path);
            }
        }

        return Path.GetFullPath(path);
    }
}
