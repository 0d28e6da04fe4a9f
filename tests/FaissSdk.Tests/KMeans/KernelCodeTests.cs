using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;
using FaissSdk.Cli;
using FaissSdk.Tests.Cli;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>What the JIT makes of the micro-kernels: with one accumulator spilled in the loop they are half as fast, and nothing else would tell.</summary>
public partial class KernelCodeTests
{
    // Enough of them that few directions are tried as well.
    private const int Dimension = 112;

    /// <summary>12 accumulators for two components, or 24 for one.</summary>
    private const int MultiplyAdds = 24;

    [Theory]
    [InlineData("Simd512", "")]
    [InlineData("Simd256", "DOTNET_EnableAVX512")]
    [InlineData("Simd128", "DOTNET_EnableAVX2")]
    public async Task Accumulators_stay_in_registers(string kernel, string turnedOff)
    {
        Assert.SkipUnless(IsThere(kernel), $"This processor has no {kernel}.");
        var methods = await Disassembled("Simd(Pair)?Tile", turnedOff);
        Assert.Contains(methods, method => method.Contains(":Score[", StringComparison.Ordinal));
        if (kernel == "Simd512")
        {
            Assert.Contains(methods, method => method.Contains(":ScorePair[", StringComparison.Ordinal));
        }

        foreach (var method in methods)
        {
            Assert.Contains(kernel, method, StringComparison.Ordinal);
            AssertInRegisters(method, MultiplyAdds);
        }
    }

    [Theory]
    [InlineData("QuadTile512", "", 48)]
    [InlineData("PairTile512", "", 24)]
    [InlineData("QuadTile256", "DOTNET_EnableAVX512", 24)]
    [InlineData("IntegerTile256", "DOTNET_EnableAVX512", 12)]
    public async Task Integer_accumulators_stay_in_registers(string tile, string turnedOff, int multiplyAdds)
    {
        Assert.SkipUnless(PairProducts.IsSupported, "This processor has no kernel for integers.");
        Assert.SkipUnless(turnedOff.Length > 0 || PairTile512.IsSupported, $"This processor has no {tile}.");
        Assert.SkipWhen(QuadProducts.IsSupported && tile.StartsWith("Quad", StringComparison.Ordinal), "This processor takes the kernel of AVX-VNNI.");
        Assert.All(await Disassembled(tile, turnedOff), method => AssertInRegisters(method, multiplyAdds));
    }

    private static void AssertInRegisters(string method, int multiplyAdds)
    {
        var loop = Loop(method);
        Assert.Equal(multiplyAdds, MultiplyAdd().Count(loop));
        Assert.DoesNotMatch(Call(), loop);
        Assert.DoesNotMatch(VectorOnStack(), loop);
    }

    /// <summary>From the label that a jump goes back to, to that jump.</summary>
    private static string Loop(string method) => Jump().Matches(method)
        .Select(jump => (Start: method.IndexOf($"\n{jump.Groups[1]}:", StringComparison.Ordinal), End: jump.Index))
        .Where(loop => loop.Start >= 0 && loop.Start < loop.End)
        .Select(loop => method[loop.Start..loop.End])
        .MaxBy(loop => MultiplyAdd().Count(loop)) ?? "";

    private static bool IsThere(string kernel) => kernel switch
    {
        "Simd512" => Vector512.IsHardwareAccelerated,
        "Simd256" => Vector256.IsHardwareAccelerated,
        _ => Vector128.IsHardwareAccelerated,
    };

    /// <summary>Of the kernels' methods; at least one.</summary>
    private static async Task<string[]> Disassembled(string tile, string turnedOff)
    {
        using var folder = new TemporaryFolder();
        var (input, listing) = (folder.File("points.fvecs"), folder.File("listing.txt"));
        VectorFile.Write(input, TestData.Clustered(20_000, Dimension, 200), Dimension);
        var environment = new Dictionary<string, string> { ["DOTNET_JitDisasm"] = "Score ScorePair", ["DOTNET_JitStdOutFile"] = listing };
        if (turnedOff.Length > 0)
        {
            environment.Add(turnedOff, "0");
        }

        using var process = new CommandProcess(environment, ["kmeans", "--input", input, "--clusters", "128", "--backend", "managed", "--threads", "1"]);
        Assert.Equal(ExitCode.Success, (await process.Finish()).ExitCode);
        string[] methods = [.. (await File.ReadAllTextAsync(listing)).Split("; Assembly listing for method ").Where(text => Regex.IsMatch(text, $@"^FaissSdk\.{tile}\b"))];
        Assert.NotEmpty(methods);
        return methods;
    }

    [GeneratedRegex(@"^\s+(?:j[a-z]+|b\.?[a-z]*|cbnz)\s.*?(G_M\w+)", RegexOptions.Multiline)]
    private static partial Regex Jump();

    [GeneratedRegex(@"\b(vfmadd\d+ps|v?mulps|fmla|vpmaddwd|vpmaddubsw|vpdpbusd)\b")]
    private static partial Regex MultiplyAdd();

    [GeneratedRegex(@"^\s+(call|blr?)\s", RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex(@"^\s+\w+\s+.*([xyz]mm\d+.*\[r[bs]p|\[r[bs]p.*[xyz]mm\d+|\b[qv]\d+\b.*\[(fp|sp))", RegexOptions.Multiline)]
    private static partial Regex VectorOnStack();
}
