using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using FaissSdk.Cli;
using FaissSdk.Tests.Cli;

namespace FaissSdk.Tests.KMeansTests;

/// <summary>Tests that instructions hidden by a switch of the runtime, or processors hidden by a container, change no bit as long as multiply-adds are fused, and that neither do more threads than processors.</summary>
public class HiddenInstructionsTests
{
    private const int Dimension = 100;

    [Theory]
    [InlineData("--spherical")]
    [InlineData("--center")]
    [InlineData("--no-early-stop")]
    public async Task Centroids_are_equal_bit_for_bit(string option)
    {
        using var folder = new TemporaryFolder();
        var input = folder.File("points.fvecs");
        var points = TestData.Clustered(12_000, Dimension, 150);
        VectorFile.Write(input, points, Dimension);
        var expected = await Centroids("", "--threads", "1", option);
        Assert.Equal(expected, await Centroids("", "--threads", "64", option));
        Assert.Equal(expected, await Centroids("DOTNET_PROCESSOR_COUNT=1", option));
        Assert.Equal(expected, await Centroids("DOTNET_EnableAVX512=0", option));
        Assert.Equal(expected, await Centroids("DOTNET_EnableAVXVNNI=0", option));
        if (Fma.IsSupported)
        {
            // Products are rounded without fused multiply-add, which can only decide ties differently.
            AssertAsGood(await Centroids("DOTNET_EnableAVX2=0", option));
            AssertAsGood(await Centroids("DOTNET_EnableHWIntrinsic=0", option));
        }

        void AssertAsGood(float[] centroids) => Assert.InRange(Objective(points, centroids) / Objective(points, expected), 0.999, 1.001);

        async Task<float[]> Centroids(string setting, params string[] options)
        {
            var output = folder.File("centroids.fvecs");
            var environment = setting.Length == 0 ? [] : new Dictionary<string, string> { [setting.Split('=')[0]] = setting.Split('=')[1] };
            using var process = new CommandProcess(environment, ["kmeans", "--input", input, "--clusters", "128", "--backend", "managed", "--iterations", "4", "--centroids", output, .. options]);
            Assert.Equal(ExitCode.Success, (await process.Finish()).ExitCode);
            return VectorFile.Read(output).Values;
        }
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public void Lengths_and_distances_are_equal_bit_for_bit(string setting)
    {
        var expected = ChildProcess.Run(_ => WriteHash());
        var run = ChildProcess.Run(_ => WriteHash(), environment: new Dictionary<string, string?> { [setting] = "0" });
        expected.AssertReturned();
        run.AssertReturned();
        Assert.Equal(expected.Output, run.Output);
    }

    // Distances of a point with equal components to centroids with permuted ones differ only by the order of additions.
    private static void WriteHash()
    {
        var random = new Random(5);
        var centroids = TestData.Uniform(1, Dimension);
        float[] permuted = [.. Enumerable.Range(0, 40).SelectMany(_ => centroids.OrderBy(_ => random.Next()))];
        float[] points = [.. Enumerable.Range(0, 400).SelectMany(i => Enumerable.Repeat(i * 0.01f, Dimension))];
        var labels = new StableAssignment(points, permuted, Dimension, 20).Assign(CancellationToken.None);
        var chosen = KMeansPlusPlus.Choose(permuted, [], Dimension, 20, 1, 1, CancellationToken.None);
        var normalized = VectorMath.Normalized(TestData.Uniform(100, Dimension), Dimension);
        Console.WriteLine($"{string.Join(',', labels)} {Checksum.Of(MemoryMarshal.AsBytes<float>(chosen))} {Checksum.Of(MemoryMarshal.AsBytes<float>(normalized))}");
    }

    private static double Objective(float[] points, float[] centroids)
    {
        var (labels, distances) = (new int[points.Length / Dimension], new float[points.Length / Dimension]);
        var panels = new CentroidPanels(centroids.Length / Dimension, Dimension, NearestCentroid.Fastest.PanelWidth);
        panels.Pack(centroids, spherical: false);
        NearestCentroid.Fastest.Find(points, VectorNorms.Squared(points, Dimension, 1), centroids, panels, false, labels, distances, 1, CancellationToken.None);
        return distances.Sum(distance => (double)distance);
    }
}
