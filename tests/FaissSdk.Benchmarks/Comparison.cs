using System.Globalization;
using System.Text;

namespace FaissSdk.Benchmarks;

/// <summary>Writes the table: the times of the SDK and of the raw bindings as ratios to C, all on one library, in one process and one run.</summary>
internal static class Comparison
{
    public static void Run(TextWriter output, int rounds, TimeSpan slice)
    {
        using var work = new Workload();
        CheckAgreement(work);
        var info = FaissLibrary.Info;
        output.WriteLine($"FAISS {info.Version} ({info.SimdLevel ?? "unknown SIMD level"}), IndexFlatL2, d = {Workload.Dimension}, Count = {Workload.Held:N0}, k = {Workload.K}; .NET {Environment.Version};");
        output.WriteLine($"OMP_NUM_THREADS={Environment.GetEnvironmentVariable("OMP_NUM_THREADS") ?? "(not set)"}, {Environment.ProcessorCount} processors; load of the machine: {LoadOfMachine()} at the start.");
        output.WriteLine(PairedRounds.CountsThreadTime ? "Time is the processor time of the measuring thread, which excludes other programs." : "Time is wall-clock time, which includes what other programs take of the processor.");
        output.WriteLine($"Ratios to C: median of {rounds} paired rounds [95 % interval of the median]. \"C again\" is the same C loop measured a second time, which shows the precision of the ratios;");
        output.WriteLine("the spread is half the distance between its quartiles over all rounds. \"no GC transition\" is raw with [SuppressGCTransition].");
        output.WriteLine();
        output.WriteLine("| per call | C, ns | C again | raw | raw, no GC transition | SDK | SDK − C, ns | spread | SDK allocates, B |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        var verdicts = new StringBuilder();
        foreach (var operation in Operation.All(work))
        {
            List<Action<long>> loops = [operation.C, operation.C, operation.Raw, operation.Sdk];
            if (operation.WithoutTransition is not null)
            {
                loops.Add(operation.WithoutTransition);
            }

            var measured = PairedRounds.Measure(loops, rounds, slice);
            var (again, sdk) = (measured.Ratio(1), measured.Ratio(3));
            var spread = (again.Quartile3 - again.Quartile1) / 2;
            string[] cells =
            [
                operation.Name,
                Number(measured.Time(0).Median),
                Ratio(again),
                Ratio(measured.Ratio(2)),
                operation.WithoutTransition is null ? "" : Ratio(measured.Ratio(4)),
                Ratio(sdk),
                Number(measured.Difference(3).Median),
                (spread * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %",
                Number(AllocatedBy(operation.Sdk)),
            ];
            output.WriteLine($"| {string.Join(" | ", cells)} |");
            switch (operation.Name)
            {
                case Operation.SearchOne:
                    verdicts.AppendLine($"{operation.Name}: {(sdk.High <= 1.02 ? "within" : sdk.Low > 1.02 ? "NOT within" : "undecided (the machine is too busy) whether within")} 2 % of C.");
                    break;
                case Operation.SearchMany:
                    verdicts.AppendLine($"{operation.Name}: {(spread > 0.05 ? "undecided (the machine is too busy) whether within" : Math.Abs(sdk.Median - 1) <= spread ? "within" : "NOT within")} measurement noise of C.");
                    break;
            }
        }

        output.WriteLine();
        output.Write(verdicts);
        output.WriteLine($"Load of the machine at the end: {LoadOfMachine()}.");
    }

    // The times of calls are comparable only if the calls do the same.
    private static void CheckAgreement(Workload work)
    {
        Loops.SearchC(work, Workload.QueryCount, 1);
        var (distances, labels) = (work.Distances.ToArray(), work.Labels.ToArray());
        foreach (var search in new[] { Loops.SearchRaw, Loops.SearchSdk })
        {
            work.Distances.AsSpan().Clear();
            work.Labels.AsSpan().Clear();
            search(work, Workload.QueryCount, 1);
            if (!work.Distances.AsSpan().SequenceEqual(distances) || !work.Labels.AsSpan().SequenceEqual(labels))
            {
                throw new InvalidOperationException("C and C# find different neighbors.");
            }
        }

        foreach (var add in new[] { Loops.AddC, Loops.AddRaw, Loops.AddSdk })
        {
            add(work, 1, Workload.Held);
            if (work.Growing.Count != Workload.Held)
            {
                throw new InvalidOperationException("C and C# add different numbers of vectors.");
            }
        }
    }

    private static double AllocatedBy(Action<long> loop)
    {
        const int Calls = 10;
        var before = GC.GetAllocatedBytesForCurrentThread();
        loop(Calls);
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Calls;
    }

    private static string Ratio(Estimate ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio.Median:0.000} [{ratio.Low:0.000}, {ratio.High:0.000}]");

    private static string Number(double value) => value.ToString(Math.Abs(value) is > 0 and < 100 ? "N2" : "N0", CultureInfo.InvariantCulture);

    private static string LoadOfMachine() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
