using System.Text.RegularExpressions;

namespace FaissSdk.Generator.Tests;

public partial class DiffTests
{
    [Theory]
    [InlineData("1.11.0", "1.13.2", 22, 0, "Binary compatible: no existing declarations were removed or changed.")]
    [InlineData("1.7.3", "1.13.2", 57, 1, "Not binary compatible: 1 functions removed.")]
    [InlineData("1.7.3", "1.15.0", 94, 3, "Not binary compatible: 3 functions removed.")]
    public void Changes_between_two_releases_are_listed(string old, string @new, int added, int removed, string verdict)
    {
        var (before, after) = (HeaderTrees.Of(old), HeaderTrees.Of(@new));

        var run = GeneratorRun.Of("diff", before.Folder, after.Folder).Succeeded();

        Assert.StartsWith($"# C API from {before.Folder} to {after.Folder}\n\n{added} functions added, {removed} removed, 0 changed.\n\n**{verdict}**\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(added, CountFunctions(run, "Added", after.Root));
        Assert.Equal(removed, CountFunctions(run, "Removed", before.Root));
    }

    [Fact]
    public void A_tree_is_compatible_with_itself()
    {
        foreach (var tree in HeaderTrees.All())
        {
            var run = GeneratorRun.Of("diff", tree.Folder, tree.Folder).Succeeded();

            Assert.Equal($"# C API from {tree.Folder} to {tree.Folder}\n\n0 functions added, 0 removed, 0 changed.\n\n**Binary compatible: no existing declarations were removed or changed.**\n", run.Output);
        }
    }

    [Fact]
    public void Headers_for_GPUs_are_compared_if_both_trees_have_them()
    {
        using var before = new SmallHeaders();
        using var after = new SmallHeaders();
        before.Append("gpu/Gpu_c.h", "int faiss_gpu_start(void);\n");
        Assert.Contains("0 functions added, 0 removed, 0 changed.", GeneratorRun.Of("diff", before.Headers, after.Headers).Succeeded().Output, StringComparison.Ordinal);

        after.Append("gpu/Gpu_c.h", "\nint faiss_gpu_start(int device);\n");

        var run = GeneratorRun.Of("diff", before.Headers, after.Headers).Succeeded();
        Assert.Contains("0 functions added, 0 removed, 1 changed.", run.Output, StringComparison.Ordinal);
        Assert.Contains("## gpu/Gpu_c.h\n\nChanged:\n\n- `int faiss_gpu_start(void)` → `int faiss_gpu_start(int device)` (line 2)\n", run.Output, StringComparison.Ordinal);
    }

    // Counts the functions under a heading and checks that each is declared on the reported line.
    private static int CountFunctions(GeneratorRun run, string heading, string root)
    {
        var (count, header, kind) = (0, "", "");
        foreach (var line in run.Output.Split('\n'))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                header = line[3..];
            }
            else if (line.EndsWith(':'))
            {
                kind = line[..^1];
            }
            else if (kind == heading && Function().Match(line) is { Success: true } function)
            {
                count++;
                var declaration = File.ReadLines(Path.Combine(root, header)).ElementAt(int.Parse(function.Groups["line"].Value, null) - 1);
                Assert.Matches($@"{function.Groups["name"].Value}\(|FAISS_DECLARE_", declaration);
            }
        }

        return count;
    }

    [GeneratedRegex(@"^- `.*\b(?<name>faiss_\w+)\(.*` \(line (?<line>\d+)\)$")]
    private static partial Regex Function();
}
