using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace FaissSdk.Benchmarks;

/// <summary><c>kmeans</c>: FAISS's k-means against the managed one, with one thread and with two, each in a process of its own.</summary>
internal static class KMeansComparison
{
    private const string Usage = "usage: kmeans [--quick] [--rounds N] [--output DIR]";
    private const string Measure = "--measure";

    public static int Run(string[] arguments)
    {
        var (quick, rounds, threads) = (false, 0, 0);
        var folder = Path.Combine(AppContext.BaseDirectory, "results");
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--quick":
                    quick = true;
                    break;
                case "--rounds" when TryCount(value, out rounds):
                case Measure when TryCount(value, out threads):
                    i++;
                    break;
                case "--output" when value.Length > 0:
                    folder = value;
                    i++;
                    break;
                default:
                    Console.Error.WriteLine(Usage);
                    return 2;
            }
        }

        rounds = rounds > 0 ? rounds : quick ? 3 : 5;
        if (threads > 0)
        {
            Console.WriteLine(JsonSerializer.Serialize(KMeansMeasuring.Run(threads, quick, rounds)));
            return 0;
        }

        var load = LoadOfMachine();
        var runs = new List<KMeansMeasurement>();
        foreach (var number in (int[])[1, 2])
        {
            if (MeasureInProcess(number, quick, rounds) is not { } run)
            {
                return 1;
            }

            runs.Add(run);
        }

        Write(folder, runs, $"{load} at the start, {LoadOfMachine()} at the end");
        return 0;
    }

    private static void Write(string folder, List<KMeansMeasurement> runs, string loads)
    {
        Directory.CreateDirectory(folder);
        using var table = new StringWriter();
        KMeansTable.Write(table, runs, loads);
        Console.Write(table);
        File.WriteAllText(Path.Combine(folder, "kmeans.md"), table.ToString());
        File.WriteAllText(Path.Combine(folder, "kmeans.svg"), KMeansPlot.Draw(runs));
        Console.Error.WriteLine($"wrote {Path.Combine(folder, "kmeans.md")} and kmeans.svg");
    }

    /// <summary>FAISS reads its number of threads when it is loaded: each needs a process.</summary>
    private static KMeansMeasurement? MeasureInProcess(int threads, bool quick, int rounds)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KMeansComparison).Assembly.Location);
        }

        string[] arguments = ["kmeans", Measure, threads.ToString(CultureInfo.InvariantCulture), "--rounds", rounds.ToString(CultureInfo.InvariantCulture), .. quick ? (string[])["--quick"] : []];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<KMeansMeasurement>(output) : null;
    }

    private static bool TryCount(string text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;

    private static string LoadOfMachine() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
