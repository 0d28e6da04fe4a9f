using System.Diagnostics;
using System.Globalization;

namespace FaissSdk.Sequences;

/// <summary>Runs sequences in several children at a time, and reports those that fail.</summary>
internal sealed class Runner(Options options)
{
    private const int BlockSize = 25;

    private readonly Lock _gate = new();
    private readonly List<(Profile Profile, Failure Failure)> _failures = [];
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Runs everything, and returns the exit status.</summary>
    public int Run()
    {
        var summaries = new List<string>();
        foreach (var (profile, count, name) in ((Profile, int, string)[])[(Profile.Everything, options.Sequences, "sequences"), (Profile.Exact, options.Model, "sequences of exact kinds")])
        {
            if (count > 0)
            {
                var before = _failures.Count;
                var (sequences, steps) = RunAll(profile, count);
                summaries.Add(string.Create(CultureInfo.InvariantCulture, $"{sequences:N0} {name}, {steps:N0} steps, {_failures.Count - before:N0} failures (FAISS {FaissLibrary.Info.Version})"));
            }
        }

        Report();
        summaries.ForEach(Console.WriteLine);
        return _failures.Count == 0 ? 0 : 1;
    }

    /// <summary>Prints the sequence of a seed.</summary>
    public static int Show(Profile profile, long seed)
    {
        var result = Child.Run(profile, seed, 1);
        Console.WriteLine(result.Sequences is [var only] ? only.ToSource() : result.Errors);
        Console.WriteLine(result.Failure is { } failure ? $"// {failure.Kind}: {failure.Details}" : "// succeeds");
        return result.Failure is null ? 0 : 1;
    }

    private (long Sequences, long Steps) RunAll(Profile profile, int count)
    {
        var (next, sequences, steps) = (options.First, 0L, 0L);
        var end = options.First + count;
        var workers = Enumerable.Range(0, options.Jobs).Select(_ => Task.Run(() =>
        {
            while (true)
            {
                long first;
                lock (_gate)
                {
                    first = next;
                    next = Math.Min(end, next + BlockSize);
                    if (first >= end || Stopwatch.GetElapsedTime(_started).TotalSeconds > options.Seconds)
                    {
                        return;
                    }
                }

                for (var last = Math.Min(end, first + BlockSize); first < last;)
                {
                    var result = Child.Run(profile, first, (int)(last - first));
                    lock (_gate)
                    {
                        sequences += result.Sequences.Count;
                        steps += result.Sequences.Sum(sequence => (long)sequence.Steps.Count);
                        if (result.Failure is { } failure)
                        {
                            _failures.Add((profile, failure));
                            Console.WriteLine($"seed {failure.Sequence.Seed}: {failure.Kind} in {failure.LastOperation}: {failure.Sequence.LastStatement} {failure.Details}");
                        }
                    }

                    // A child that failed before its first sequence would fail again.
                    first = result.Sequences is [.., var reached] && result.Failure is not null ? Math.Max(first, reached.Seed) + 1 : last;
                }
            }
        })).ToArray();
        Task.WaitAll(workers);
        return (sequences, steps);
    }

    private void Report()
    {
        var shown = _failures.DistinctBy(one => (one.Failure.Kind, one.Failure.LastOperation, one.Failure.Details)).Take(options.Shrink).ToArray();
        Parallel.ForEach(shown, new ParallelOptions { MaxDegreeOfParallelism = options.Jobs }, one =>
        {
            var (profile, failure) = one;
            var shrunk = Shrinker.Shrink(failure);
            var text = shrunk is null
                ? $"// does not fail on its own, only after the sequences before it; the whole sequence: {(profile == Profile.Exact ? "--show-model" : "--show")} {failure.Sequence.Seed}"
                : shrunk.Sequence.ToSource();
            lock (_gate)
            {
                Console.WriteLine($"\n// seed {failure.Sequence.Seed}, {failure.Kind}: {(shrunk ?? failure).Details}\n{text}");
            }
        });
        if (shown.Length > 0)
        {
            using var source = typeof(Runner).Assembly.GetManifestResourceStream("Vectors.cs")!;
            using var reader = new StreamReader(source);
            Console.WriteLine($"\n// The statements need 'using FaissSdk; using static Vectors;' and this class:\n{reader.ReadToEnd()}");
        }
    }
}
