using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;
using FaissSdk.Cli;
using FaissSdk.Tests.Cli;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Tests the machine code of the micro-kernels: with one accumulator spilled in the loop they are half as fast, which no other test would show.</summary>
/// <remarks>The tests parse the listing of the JIT, whose format and registers may change with every major version of .NET; check them by hand before raising <see cref="RuntimeVersion"/>.</remarks>
public partial class KernelCodeTests
{
    private const int RuntimeVersion = 10;

    // Enough components that projected scores are tried as well.
    private const int Dimension = 112;

    /// <summary>The multiply-adds of a loop: 12 accumulators for two components, or 24 for one.</summary>
    private const int MultiplyAdds = 24;

    /// <summary>The multiply-adds of a loop over the components of a sparse point: 8 accumulators.</summary>
    private const int SparseMultiplyAdds = 8;

    [Theory]
    [InlineData("Simd512", "")]
    [InlineData("Simd256", "DOTNET_EnableAVX512")]
    [InlineData("Simd128", "DOTNET_EnableAVX2")]
    public async Task Accumulators_stay_in_registers(string kernel, string disabledSwitch)
    {
        RequireRuntime();
        Assert.SkipUnless(IsSupported(kernel), $"This processor has no {kernel}.");
        var methods = await Disassembled("Simd(Pair)?Tile", disabledSwitch);
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
    [InlineData("Simd512", "")]
    [InlineData("Simd256", "DOTNET_EnableAVX512")]
    [InlineData("Simd128", "DOTNET_EnableAVX2")]
    public async Task Accumulators_of_sparse_points_stay_in_registers(string kernel, string disabledSwitch)
    {
        RequireRuntime();
        Assert.SkipUnless(IsSupported(kernel), $"This processor has no {kernel}.");
        var points = TestData.Uniform(20_000, Dimension);
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = i % 16 == 0 ? points[i] : 0;
        }

        Assert.All(await Disassembled("SparseTile", disabledSwitch, points), method => AssertInRegisters(method, SparseMultiplyAdds));
    }

    [Theory]
    [InlineData("QuadTile512", "", 48)]
    [InlineData("PairTile512", "", 24)]
    [InlineData("QuadTile256", "DOTNET_EnableAVX512", 24)]
    [InlineData("IntegerTile256", "DOTNET_EnableAVX512", 12)]
    public async Task Integer_accumulators_stay_in_registers(string tile, string disabledSwitch, int multiplyAdds)
    {
        RequireRuntime();
        Assert.SkipUnless(PairProducts.IsSupported, "This processor has no kernel for integers.");
        Assert.SkipUnless(disabledSwitch.Length > 0 || PairTile512.IsSupported, $"This processor has no {tile}.");
        Assert.SkipWhen(QuadProducts.IsSupported && tile.StartsWith("Quad", StringComparison.Ordinal), "This processor uses the kernel of AVX-VNNI.");
        Assert.All(await Disassembled(tile, disabledSwitch), method => AssertInRegisters(method, multiplyAdds));
    }

    private static void RequireRuntime() => Assert.SkipUnless(
        Environment.Version.Major == RuntimeVersion,
        $"The expectations are those of .NET {RuntimeVersion}'s JIT; this is .NET {Environment.Version}.");

    private static void AssertInRegisters(string method, int multiplyAdds)
    {
        var loop = Loop(method);
        Assert.Equal(multiplyAdds, MultiplyAdd().Count(loop));
        Assert.DoesNotMatch(Call(), loop);
        // On Windows, rbp is a general register in methods whose frame is based on rsp.
        Assert.DoesNotMatch(method.Contains("; rsp based frame", StringComparison.Ordinal) ? VectorOnStackOfRsp() : VectorOnStack(), loop);
    }

    /// <summary>Returns the code from the target of a backward jump to the jump, for the loop with the most multiply-adds.</summary>
    private static string Loop(string method) => Jump().Matches(method)
        .Select(jump => (Start: method.IndexOf($"\n{jump.Groups[1]}:", StringComparison.Ordinal), End: jump.Index))
        .Where(loop => loop.Start >= 0 && loop.Start < loop.End)
        .Select(loop => method[loop.Start..loop.End])
        .MaxBy(loop => MultiplyAdd().Count(loop)) ?? "";

    private static bool IsSupported(string kernel) => kernel switch
    {
        "Simd512" => Vector512.IsHardwareAccelerated,
        "Simd256" => Vector256.IsHardwareAccelerated,
        _ => Vector128.IsHardwareAccelerated,
    };

    /// <summary>Returns the listings of the kernel's methods, at least one.</summary>
    private static async Task<string[]> Disassembled(string tile, string disabledSwitch, float[]? points = null)
    {
        using var folder = new TemporaryFolder();
        var (input, listing) = (folder.File("points.fvecs"), folder.File("listing.txt"));
        VectorFile.Write(input, points ?? TestData.Clustered(20_000, Dimension, 200), Dimension);
        var environment = new Dictionary<string, string> { ["DOTNET_JitDisasm"] = "Score ScorePair", ["DOTNET_JitStdOutFile"] = listing };
        if (disabledSwitch.Length > 0)
        {
            environment.Add(disabledSwitch, "0");
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

    [GeneratedRegex(@"^\s+\w+\s+.*([xyz]mm\d+.*\[rsp|\[rsp.*[xyz]mm\d+)", RegexOptions.Multiline)]
    private static partial Regex VectorOnStackOfRsp();
}
