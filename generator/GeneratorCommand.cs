using System.CommandLine;
using System.Diagnostics;

namespace FaissSdk.Generator;

/// <summary>Defines the generator's command line.</summary>
internal static class GeneratorCommand
{
    private static string Rsp => Path.Combine(AppContext.BaseDirectory, "faiss.rsp");

    public static int Run(string[] arguments, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Generates and verifies the raw bindings of FaissSdk from the headers of FAISS's C API.")
        {
            Generate(output), Extensions(output), Verify(output, error), Diff(output), History(output), Faults(output), Headers(output), FindClang(output),
        };
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
        var (headers, folder) = (HeadersOption(), new Option<string>("--output") { Description = "The folder to replace by the generated files.", DefaultValueFactory = _ => Checkout("bindings/Generated") });
        var compare = new Option<string?>("--compare") { Description = "A folder of files that ClangSharp wrote. If any file differs, nothing is written." };
        var history = HistoryOption();
        var version = new Option<string?>("--faiss-version") { Description = "The FAISS version of the headers. If it is newer than all versions of the history, it is added." };
        var older = new Option<bool>("--older") { Description = "Accept headers that lack functions of the newest version." };
        var accepted = AcceptedOption();
        var command = new Command("generate", "Writes the raw bindings with the second engine, which reads clang's syntax tree.") { headers, folder, compare, history, version, older, accepted };
        command.SetAction(result =>
        {
            var clock = Stopwatch.StartNew();
            var (from, path, to) = (result.GetRequiredValue(headers), result.GetRequiredValue(history), result.GetRequiredValue(folder));
            var target = OutputFolder.Open(to);
            var (response, known) = (ResponseFile.Read(Rsp), ApiHistory.Read(path));
            var isNew = result.GetValue(version) is { } name && known.IsNewer(name) && !result.GetValue(older);
            if (isNew)
            {
                known.Add(result.GetValue(version)!, from, response, result.GetValue(accepted) ?? []);
            }

            var files = Bindings.Write(from, response, known, to, Checkout("bindings/Generated"), result.GetValue(older));
            if (result.GetValue(compare) is { } clangSharp)
            {
                Bindings.Compare(files, clangSharp);
            }

            if (isNew)
            {
                known.WriteTo(path, beforeReplacing: () => target.Replace(files));
                output.WriteLine($"# FAISS {known.Newest} compared with {known.Versions.ElementAtOrDefault(1) ?? "nothing"}: {(known.Changes.Count == 0 ? "the C API is the same" : $"{known.Changes.Count} changes")}");
                foreach (var change in known.Changes)
                {
                    output.WriteLine(change);
                }
            }
            else
            {
                target.Replace(files);
            }

            var functions = files.Values.Sum(text => text.Split("public static extern ").Length - 1);
            output.WriteLine(FormattableString.Invariant($"{files.Count} files, {functions} functions ({clock.Elapsed.TotalSeconds:F1} s)"));
        });
        return command;
    }

    private static Command Extensions(TextWriter output)
    {
        var headers = HeadersOption();
        var extensions = new Option<string>("--extensions") { Description = "The folder of the headers that declare FaissSdk's own functions.", DefaultValueFactory = _ => Checkout("native/extensions") };
        var folder = new Option<string>("--output") { Description = "The folder to replace by the generated files.", DefaultValueFactory = _ => Checkout("bindings/Extensions") };
        var history = HistoryOption();
        var command = new Command("extensions", "Writes the raw bindings of the functions that FaissSdk adds to the C API, and records these in the history.") { headers, extensions, folder, history };
        command.SetAction(result =>
        {
            var (from, path, response) = (result.GetRequiredValue(extensions), result.GetRequiredValue(history), ResponseFile.Read(Rsp));
            var (target, known) = (OutputFolder.Open(result.GetRequiredValue(folder)), ApiHistory.Read(path));
            var model = ApiReader.Read(HeaderTree.OpenExtensions(from, result.GetRequiredValue(headers)), response);
            var files = new BindingsWriter(model, response).WriteAll();
            var changes = known.RecordExtensions(model.Functions, FaissNeeds.Read(from), typeof(GeneratorCommand).Assembly.GetName().Version!.ToString(3));
            known.WriteTo(path, beforeReplacing: () => target.Replace(files));
            foreach (var change in changes)
            {
                output.WriteLine(change);
            }

            output.WriteLine($"{files.Count} files of extensions, {model.Functions.Count()} functions");
        });
        return command;
    }

    private static Command Verify(TextWriter output, TextWriter error)
    {
        var (headers, history) = (HeadersOption(), HistoryOption());
        var extensions = new Option<string?>("--extensions") { Description = "The folder of the headers that declare FaissSdk's own functions, to compare these as well." };
        var library = new Option<string?>("--library") { Description = "A library whose exports are compared with the headers." };
        var assembly = new Option<string>("--assembly") { Description = "The compiled raw layer.", DefaultValueFactory = _ => Checkout("bindings/bin/Release/net10.0/FaissSdk.Interop.dll") };
        var command = new Command("verify", "Checks that the compiled raw layer agrees with headers, with struct layouts as a C compiler computes them, and lists the functions that a library lacks.") { headers, library, assembly, history, extensions };
        command.SetAction(result =>
        {
            var response = ResponseFile.Read(Rsp);
            var verification = Verification.Run(result.GetRequiredValue(headers), AssemblyApi.Read(result.GetRequiredValue(assembly), response), response, ApiHistory.Read(result.GetRequiredValue(history)), result.GetValue(extensions));
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
        var command = new Command("diff", "Prints the changes of the C API between two header trees in Markdown, and whether they are binary compatible.") { old, @new };
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
        var repository = new Option<string?>("--repository") { Description = "A git repository of FAISS; the history is rebuilt from all its release tags since 1.7.3." };
        var (version, headers, history) = (new Option<string?>("--version-name") { Description = "The version of --headers, which is added to the existing history." }, new Option<string?>("--headers") { Description = "A folder of headers." }, HistoryOption());
        var accepted = AcceptedOption();
        var command = new Command("history", "Writes api-history.json: the version that added, and the version that removed, each declaration of the C API.") { repository, version, headers, history, accepted };
        command.SetAction(result =>
        {
            var (response, path) = (ResponseFile.Read(Rsp), result.GetRequiredValue(history));
            ApiHistory written;
            if (result.GetValue(repository) is { } git)
            {
                written = ReleaseTags.ReadAll(git, response);
            }
            else if (result.GetValue(version) is { } name && result.GetValue(headers) is { } folder)
            {
                written = ApiHistory.Read(path);
                written.Add(name, folder, response, result.GetValue(accepted) ?? []);
            }
            else
            {
                throw new GeneratorException("history needs --repository DIR, or --version-name VERSION and --headers DIR");
            }

            written.WriteTo(path);
            output.WriteLine($"{path}: {written.Versions.Count} versions, {written.Functions.Count} functions, {written.EnumMembers.Count} enum members, {written.StructFields.Count} struct fields");
        });
        return command;
    }

    private static Command Faults(TextWriter output)
    {
        var command = new Command("faults", "Prints the C name of each function that FAISS declares but does not define.");
        command.SetAction(_ =>
        {
            foreach (var name in UpstreamFaults.NeverDefined.Keys.Order(StringComparer.Ordinal))
            {
                output.WriteLine(name);
            }
        });
        return command;
    }

    private static Command Headers(TextWriter output)
    {
        var headers = HeadersOption();
        var command = new Command("headers", "Prints the folder c_api, then each of its headers except those for GPUs, relative to that folder.") { headers };
        command.SetAction(result =>
        {
            var tree = HeaderTree.Open(result.GetRequiredValue(headers));
            foreach (var line in tree.Headers.Prepend(tree.Root))
            {
                output.WriteLine(line);
            }
        });
        return command;
    }

    private static Command FindClang(TextWriter output)
    {
        var command = new Command("clang", "Prints the clang that the generator runs.");
        command.SetAction(_ => output.WriteLine(Clang.Find()));
        return command;
    }

    private static Option<string> HeadersOption() => new("--headers") { Description = "A folder with the headers of the C API: c_api itself, an include folder, or a FAISS source tree.", Required = true };

    private static Option<string[]?> AcceptedOption() => new("--accept-changed") { Description = "The name of a declaration that means something else than in older versions, which the SDK takes into account; may be repeated." };

    private static Option<string> HistoryOption() => new("--history") { Description = "The file api-history.json.", DefaultValueFactory = _ => Checkout("bindings/api-history.json") };

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
