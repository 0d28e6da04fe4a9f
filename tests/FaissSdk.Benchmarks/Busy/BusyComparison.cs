using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Benchmarks;

/// <summary>Compares how OpenMP's threads wait: asleep (passive), as FaissSdk asks them to, and as OpenMP would; without other load and beside it.</summary>
internal static class BusyComparison
{
    // A time beside other load may exceed that of threads that sleep by this factor.
    private const double Bound = 1.5;

    private static readonly (string Name, string Variable, string Value)[] Ways =
    [
        ("asleep", "OMP_WAIT_POLICY", "passive"),
        ("FaissSdk", "FAISS_SDK_BOUNDED_SPIN", "1"),
        ("OpenMP's own", "FAISS_SDK_BOUNDED_SPIN", "0"),
    ];

    /// <summary>Prints a table without load and one beside it.</summary>
    /// <returns>The exit code: 1 if a row beside the load exceeds the bound.</returns>
    public static int Run(TextWriter output, int rounds)
    {
        Print(output, "Nothing else runs", Measure(rounds, rounds));
        output.WriteLine();
        using var load = Start("load", null);
        _ = load.StandardOutput.ReadLine();
        var busy = Measure(rounds, 1);
        load.StandardInput.Close();
        load.WaitForExit();
        Print(output, "All processors are busy", busy);
        var slow = busy.Where(row => row.Value[1] > Bound * row.Value[0]).Select(row => row.Key).ToArray();
        output.WriteLine();
        output.WriteLine(slow.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"Every row beside the load is within {Bound} of the time with sleeping threads.")
            : string.Create(CultureInfo.InvariantCulture, $"Beyond {Bound} of the time with sleeping threads: {string.Join("; ", slow)}"));
        return slow.Length == 0 ? 0 : 1;
    }

    // Beside the load, OpenMP's own way takes minutes, so it has fewer rounds.
    private static Dictionary<string, double[]> Measure(int rounds, int roundsOfOwn)
    {
        var times = new Dictionary<string, List<double>[]>();
        for (var round = 0; round < rounds; round++)
        {
            for (var way = 0; way < (round < roundsOfOwn ? Ways.Length : Ways.Length - 1); way++)
            {
                using var process = Start("busy-rows", (Ways[way].Variable, Ways[way].Value));
                foreach (var line in process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    var (name, time) = (line.Split('\t')[0], double.Parse(line.Split('\t')[1], CultureInfo.InvariantCulture));
                    if (!times.TryGetValue(name, out var row))
                    {
                        times[name] = row = [.. Ways.Select(_ => new List<double>())];
                    }

                    row[way].Add(time);
                }

                process.WaitForExit();
                if (process.ExitCode != 0)
                {
                    throw new InvalidOperationException($"The process with {Ways[way].Name} threads ended with {process.ExitCode}.");
                }
            }
        }

        return times.ToDictionary(row => row.Key, row => row.Value.Select(values => values.Order().ElementAt(values.Count / 2)).ToArray());
    }

    private static Process Start(string mode, (string Name, string Value)? variable)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(BusyComparison).Assembly.Location, mode]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var name in (string[])["OMP_NUM_THREADS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"])
        {
            start.Environment.Remove(name);
        }

        if (variable is var (key, value))
        {
            start.Environment[key] = value;
        }

        return Process.Start(start)!;
    }

    private static void Print(TextWriter output, string title, Dictionary<string, double[]> rows)
    {
        output.WriteLine($"| {title}; ms | {string.Join(" | ", Ways.Select(way => way.Name))} | FaissSdk : asleep | FaissSdk : OpenMP's own |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var (name, times) in rows)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {times[0]:0.000} | {times[1]:0.000} | {times[2]:0.000} | {times[1] / times[0]:0.00} | {times[1] / times[2]:0.00} |"));
        }
    }
}
