using System.Diagnostics;
using System.Globalization;
using FaissSdk.Cli;

namespace FaissSdk.Benchmarks;

/// <summary>Runs superkmeans.cpp, with the number of threads of this process.</summary>
internal static class SuperKMeansProgram
{
    public static OtherTraining[] Train(string program, KMeansWorkload workload, float[] points, int rounds)
    {
        Console.Error.WriteLine("  SuperKMeans");
        var folder = Directory.CreateTempSubdirectory("faiss-sdk-benchmark-");
        try
        {
            var (input, output) = (Path.Combine(folder.FullName, "points.fvecs"), Path.Combine(folder.FullName, "centroids"));
            VectorFile.Write(input, points, workload.Dimension);
            int[] numbers = [workload.Clusters, workload.Iterations, KMeansRounds.Seed, rounds];
            using var process = Process.Start(new ProcessStartInfo(program, [input, .. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)), output]) { RedirectStandardOutput = true })!;
            var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{program} failed with exit code {process.ExitCode}.");
            }

            var measured = Array.ConvertAll(lines, line => Array.ConvertAll(line.Split(' '), number => double.Parse(number, CultureInfo.InvariantCulture)));
            return
            [
                Training("FAISS SuperKMeans", measured, 0, output + ".super.fvecs"),
                Training("FAISS Clustering, from C++", measured, 2, output + ".plain.fvecs"),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        OtherTraining Training(string name, double[][] measured, int column, string centroids) => new(
            name,
            Array.ConvertAll(measured, round => round[column] / round[column + 1]),
            (int)measured[^1][column + 1],
            ExactObjective.Of(points, workload.Dimension, VectorFile.Read(centroids).Values));
    }
}
