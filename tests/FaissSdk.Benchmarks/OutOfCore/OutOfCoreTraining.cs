using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FaissSdk.Benchmarks;

/// <summary>Trains a k-means on a file that need not fit in memory, and compares its rate with that of training in memory.</summary>
internal sealed class OutOfCoreTraining(TextWriter output, int count, int dimension, int clusters, string folder)
{
    private const int Block = 100_000;
    private const int Iterations = 8;
    private const int LargeIterations = 3;
    private const int Rounds = 3;
    private const int Comparable = 2_000_000;
    private const long MemoryLimit = 900L << 20;

    private readonly KMeansOptions _options = new() { MaxPointsPerCentroid = int.MaxValue, MaxIterations = Iterations, StopWhenConverged = false };

    public static void Run(TextWriter output, int count, int dimension, int clusters, string folder) => new OutOfCoreTraining(output, count, dimension, clusters, folder).Run();

    private void Run()
    {
        output.WriteLine(Text($"{count:N0} × {dimension} into {clusters:N0} clusters, {LargeIterations} iterations, {Environment.ProcessorCount} threads\n"));
        var peak = new MemoryPeak();
        output.WriteLine("| vectors | memory limit, MiB | s | s until the first iteration ends | s per iteration | million vectors/s | peak of private memory, MiB | mapped beside it, MiB |\n|---|---:|---:|---:|---:|---:|---:|---:|");
        var path = Write("large", count, clustered: true);
        peak.Reset();
        var (seconds, iterations) = Train(progress => ManagedKMeans.Train(VectorSequence.FromFile(path), clusters, _options with { MaxIterations = LargeIterations }, new() { MemoryLimit = MemoryLimit }, progress));
        var (anonymous, mapped) = peak.Read();
        var each = iterations.Sum() / iterations.Length;
        output.WriteLine(Text($"| clustered | {MemoryLimit >> 20} | {seconds:F1} | {seconds - iterations.Sum():F1} | {each:F2} | {count / each / 1e6:F2} | {anonymous >> 20} | {mapped >> 20} |"));
        File.Delete(path);
        Compare();
    }

    // The first iteration is left out: it includes the first pass through the source.
    private void Compare()
    {
        var rows = Math.Min(count, Comparable);
        output.WriteLine(Text($"\n{rows:N0} × {dimension}, which fit in memory, medians of {Rounds} interleaved rounds\n"));
        output.WriteLine("| vectors | in memory, s per iteration | from a file | ratio | ratio of processor time | same bits |\n|---|---:|---:|---:|---:|---|");
        foreach (var clustered in (bool[])[true, false])
        {
            var path = Write("small", rows, clustered);
            var points = Read(path, rows);
            var (inMemory, fromFile) = (new List<double>(), new List<double>());
            var (memoryProcessor, fileProcessor) = (0.0, 0.0);
            var areEqual = true;
            for (var round = 0; round < Rounds; round++)
            {
                KMeansResult? expected = null, found = null;
                var start = Processor;
                inMemory.AddRange(Train(progress => expected = ManagedKMeans.Train(points, dimension, clusters, _options, progress)).Iterations);
                memoryProcessor += Processor - start;
                start = Processor;
                fromFile.AddRange(Train(progress => found = ManagedKMeans.Train(VectorSequence.FromFile(path), clusters, _options, null, progress)).Iterations);
                fileProcessor += Processor - start;
                areEqual &= expected!.Centroids.SequenceEqual(found!.Centroids) && expected.Objective == found.Objective;
            }

            var (memory, file) = (Average(inMemory), Average(fromFile));
            output.WriteLine(Text($"| {(clustered ? "clustered" : "uniform")} | {memory:F3} | {file:F3} | {file / memory:F2} | {fileProcessor / memoryProcessor:F2} | {(areEqual ? "yes" : "NO")} |"));
            File.Delete(path);
        }
    }

    private static double Processor => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>Returns the average over the iterations of the median over the rounds.</summary>
    private static double Average(List<double> times) => Enumerable.Range(0, Iterations - 1)
        .Average(iteration => times.Where((_, i) => i % (Iterations - 1) == iteration).Order().ElementAt(Rounds / 2));

    /// <summary>Trains, and returns the time of all and of each iteration but the first.</summary>
    private static (double Seconds, double[] Iterations) Train(Func<IProgress<KMeansIteration>, KMeansResult> train)
    {
        var (watch, times) = (Stopwatch.StartNew(), new List<double>());
        train(new Immediate(() => times.Add(watch.Elapsed.TotalSeconds)));
        return (watch.Elapsed.TotalSeconds, [.. times.Zip(times.Skip(1), (before, after) => after - before)]);
    }

    private string Write(string name, int rows, bool clustered)
    {
        var path = Path.Combine(folder, name + ".fbin");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        file.Write(MemoryMarshal.AsBytes<int>([rows, dimension]));
        var centers = Fill(new Random(1), new float[1000 * dimension]);
        for (var start = 0; start < rows; start += Block)
        {
            var random = new Random(start + 2);
            var vectors = Fill(random, new float[Math.Min(Block, rows - start) * dimension]);
            for (var i = 0; clustered && i < vectors.Length; i += dimension)
            {
                var center = random.Next(1000) * dimension;
                for (var j = 0; j < dimension; j++)
                {
                    vectors[i + j] = centers[center + j] + ((vectors[i + j] - 0.5f) / 2);
                }
            }

            file.Write(MemoryMarshal.AsBytes<float>(vectors));
        }

        return path;
    }

    private float[] Read(string path, int rows)
    {
        var points = new float[rows * dimension];
        using var file = File.OpenRead(path);
        file.Position = 2 * sizeof(int);
        file.ReadExactly(MemoryMarshal.AsBytes(points.AsSpan()));
        return points;
    }

    private static float[] Fill(Random random, float[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle();
        }

        return values;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Immediate(Action action) : IProgress<KMeansIteration>
    {
        public void Report(KMeansIteration value) => action();
    }
}
