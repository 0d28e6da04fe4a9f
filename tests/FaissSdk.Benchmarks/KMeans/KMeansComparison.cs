using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace FaissSdk.Benchmarks;

/// <summary>Runs <c>kmeans</c>: compares FAISS's k-means with the managed one, with one thread and with two, each in a process of its own.</summary>
internal static class KMeansComparison
{
    public static int Run(string[] arguments)
    {
        if (KMeansSettings.Parse(arguments) is not { } settings)
        {
            Console.Error.WriteLine(KMeansSettings.Usage);
            return 2;
        }

        if (settings.Check)
        {
            return 0;
        }

        if (settings.Threads > 0)
        {
            Console.WriteLine(JsonSerializer.Serialize(KMeansMeasuring.Run(settings)));
            return 0;
        }

        var (load, start) = (Machine.Load, DateTime.UtcNow);
        var runs = new List<KMeansMeasurement>();
        string?[] libraries = settings.Libraries.Length > 0 ? [.. settings.Libraries] : [null];
        foreach (var library in libraries)
        {
            foreach (var threads in settings.ThreadCounts)
            {
                if (MeasureInProcess(settings, library, threads, alone: library != libraries[0]) is not { } run)
                {
                    return 1;
                }

                runs.Add(run);
            }
        }

        if (runs.All(run => run.Trainings.Length + run.Assignments.Length == 0))
        {
            Console.Error.WriteLine($"kmeans: no row matches {settings.Rows?.Pattern}");
            return 2;
        }

        Write(settings, runs, FormattableString.Invariant($"{start:yyyy-MM-dd}, load {load} at the start, {Machine.Load} at the end"));
        return 0;
    }

    private static void Write(KMeansSettings settings, List<KMeansMeasurement> runs, string circumstances)
    {
        using var table = new StringWriter();
        KMeansTable.Write(table, runs, settings, circumstances);
        Console.Write(table);
        if (settings.Rows is not null && settings.Output is null)
        {
            // A few rows must not replace the whole table.
            return;
        }

        var folder = settings.Output ?? Path.Combine(AppContext.BaseDirectory, "results");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "kmeans.md"), table.ToString());
        Console.Error.WriteLine($"wrote {Path.Combine(folder, "kmeans.md")}");
        var drawn = runs.FindAll(run => run.OverCount.Length > 0);
        if (drawn.Count > 0)
        {
            File.WriteAllText(Path.Combine(folder, "kmeans.svg"), KMeansPlot.Draw(drawn));
            Console.Error.WriteLine("and kmeans.svg");
        }
    }

    /// <summary>Measures in a new process, because FAISS reads its number of threads when it is loaded and a process can load only one FAISS.</summary>
    private static KMeansMeasurement? MeasureInProcess(KMeansSettings settings, string? library, int threads, bool alone)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KMeansComparison).Assembly.Location);
        }

        start.ArgumentList.Add("kmeans");
        foreach (var argument in settings.ForMeasuring(threads, alone))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        if (library is not null)
        {
            start.Environment["FAISS_SDK_LIBRARY"] = library;
            Console.Error.WriteLine(library);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<KMeansMeasurement>(output) : null;
    }
}
