using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace FaissSdk.Tests.Pages;

/// <summary>Compiles a C# block of a page, behind the preamble that its comment names, into a program.</summary>
/// <remarks>
/// A declaration whose value is an ellipsis (<c>float[] vectors = …;</c>) is left out: the preamble has to declare the variable.
/// Compiler errors and stack traces refer to the lines of the page.
/// </remarks>
internal static partial class CSharpBlock
{
    // The implicit usings of a console project.
    private const string Usings =
        "global using System; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; "
        + "global using System.Threading.Tasks; global using System.Collections.Generic;\n";

    private static readonly Lazy<MetadataReference[]> References = new(FindReferences);

    /// <summary>Compiles the block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="preambles">The folder of the preambles.</param>
    /// <param name="program">The file of the program, a .dll.</param>
    /// <returns>The errors, empty if the program was written.</returns>
    public static IReadOnlyList<string> Compile(MarkdownBlock block, string preambles, string program)
    {
        var usings = new StringBuilder(Usings);
        var text = new StringBuilder();
        if (block.Directives.TryGetValue("preamble", out var name))
        {
            var preamble = Path.Combine(preambles, name + ".cs");
            if (!File.Exists(preamble))
            {
                return [$"{block.Page}({block.Line}): there is no preamble {name}.cs"];
            }

            Append(text, usings, File.ReadAllText(preamble), $"{name}.cs", 1);
        }

        Append(text, usings, block.Text, block.Page, block.Line);
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(program),
            [Parse(usings.ToString(), "usings.cs", options), Parse(text.ToString(), block.Page, options)],
            References.Value,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
        EmitResult result;
        using (var assembly = File.Create(program))
        using (var symbols = File.Create(Path.ChangeExtension(program, ".pdb")))
        {
            result = compilation.Emit(assembly, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        }

        return [.. result.Diagnostics
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error || diagnostic.Id is "CS0612" or "CS0618")
            .Select(diagnostic => diagnostic.ToString())];
    }

    // Namespaces that are used come first in a program, also those of a block behind a preamble.
    private static void Append(StringBuilder text, StringBuilder usings, string source, string file, int line)
    {
        text.Append("#line ").Append(line).Append(" \"").Append(file).Append("\"\n");
        foreach (var statement in source.Split('\n'))
        {
            if (UsingDirective().IsMatch(statement))
            {
                usings.Append("global ").Append(statement.Trim()).Append('\n');
                text.Append('\n');
            }
            else
            {
                text.Append(Elided().IsMatch(statement) ? "" : statement).Append('\n');
            }
        }
    }

    private static SyntaxTree Parse(string text, string path, CSharpParseOptions options) =>
        CSharpSyntaxTree.ParseText(SourceText.From(text, Encoding.UTF8), options, path);

    // What a project that refers to the SDK compiles against.
    private static MetadataReference[] FindReferences()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetDirectoryName(path) == framework || SnippetFolder.IsOfSdk(path))
            .Select(path => MetadataReference.CreateFromFile(path))];
    }

    [GeneratedRegex(@"^using (static )?[\w.]+;\s*(//.*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex UsingDirective();

    [GeneratedRegex(@"^[\w<>\[\], ]+ \w+ = …;", RegexOptions.CultureInvariant)]
    private static partial Regex Elided();
}
